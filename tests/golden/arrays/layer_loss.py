# s2sad: wrt=W,b value=False signature=W: f8[k,m], b: f8[m], x: f8[n,k]
"""Arrays of known rank: no helper calls, broadcasting undone by one sum."""

import numpy as np


def layer_loss(W, b, x):
    h = np.tanh(x @ W + b)
    return np.sum(h**2)


EXAMPLES = [
    (
        np.array([[0.1, 0.2], [-0.3, 0.4], [0.5, 0.6]]),
        np.array([0.1, -0.2]),
        np.array([[1.0, 0.5, -0.2], [0.3, 0.2, 0.1]]),
    )
]
