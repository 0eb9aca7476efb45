# s2sad: wrt=F,P value=False signature=F: f8[n,n], P: f8[n,n], k: int
"""A transposed matrix is a view that is made again where it is read, and transposed twice it is the matrix."""

import numpy as np


def transposed_twice(F, P, k):
    for _ in range(k):
        P = np.sin(F @ P @ F.T)
    return np.sum(P)


EXAMPLES = [
    (np.array([[0.3, -0.2], [0.4, 0.1]]), np.array([[0.1, 0.4], [-0.3, 0.2]]), 3),
    (np.array([[0.3, -0.2], [0.4, 0.1]]), np.array([[0.1, 0.4], [-0.3, 0.2]]), 0),
]
