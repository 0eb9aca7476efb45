# s2sad: wrt=A value=False signature=A: f8[n,n], R: f8[n,n], zs: f8[t,n]
"""The results that the reverse sweep asks for are saved, not what it would compute them from."""

import numpy as np


def saved_results(A, R, zs):
    P = np.eye(len(A))
    loss = 0.0
    for z in zs:
        P = A @ P @ A.T + R
        loss += z @ np.linalg.solve(P + R, z)
    return loss


EXAMPLES = [
    (np.array([[0.5, 0.2], [-0.1, 0.7]]), 0.3 * np.eye(2), np.array([[0.4, 1.2], [0.7, 0.3], [-0.2, 0.1]])),
    (np.eye(2), np.eye(2), np.ones((0, 2))),
]
