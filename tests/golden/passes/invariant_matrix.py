# s2sad: wrt=x,W,b value=False signature=x: f8[n], W: f8[n,n], b: f8[n], n: int
"""What does not change from iteration to iteration is computed in front of the loop, and on no tape."""

import numpy as np


def invariant_matrix(x, W, b, n):
    for _ in range(n):
        x = np.tanh((W + W.T) @ x + np.exp(b))
    return np.sum(x)


EXAMPLES = [
    (np.array([0.3, -0.2]), np.array([[0.1, 0.4], [-0.3, 0.2]]), np.array([0.1, -0.5]), 3),
    (np.array([0.3, -0.2]), np.array([[0.1, 0.4], [-0.3, 0.2]]), np.array([0.1, -0.5]), 0),
]
