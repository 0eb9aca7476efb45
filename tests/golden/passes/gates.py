# s2sad: wrt=W value=True signature=W: f8[n,k], x: f8[b,n], c: f8[b,m]
"""Parts of an array that do not overlap are stored, not added to zeros."""

import numpy as np


def gates(W, x, c):
    m = c.shape[1]
    z = np.tanh(x @ W)
    return np.sum(z[:, :m] ** 2) + np.sum(np.exp(z[:, m : 2 * m])) + np.sum(np.sin(z[:, 2 * m :]))


EXAMPLES = [(np.arange(12.0).reshape(2, 6) / 10.0, np.array([[0.5, -0.2], [0.1, 0.3]]), np.array([[0.4, 1.2], [0.7, 0.3]]))]
