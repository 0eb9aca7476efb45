# s2sad: wrt=W,h value=False signature=W: f8[m,m], h: f8[m], n: int
"""A weight matrix used in every iteration: its adjoint is added to in place."""

import numpy as np


def recurrent(W, h, n):
    for _ in range(n):
        h = np.tanh(W @ h)
    return np.sum(h)


EXAMPLES = [(np.array([[0.5, -0.3], [0.2, 0.7]]), np.array([0.4, 1.2]), 3), (np.eye(2), np.array([0.4, 1.2]), 0)]
