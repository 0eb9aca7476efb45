# s2sad: wrt=W,v value=False signature=W: f8[n,m], v: f8[m], u: f8[n]
"""Arrays of known shapes: their adjoints need not be summed to them."""

import numpy as np


def shapes_known(W, v, u):
    h = W @ v + u
    return np.sum(h * h * u)


EXAMPLES = [(np.array([[0.5, -0.2, 0.1], [0.3, 0.8, -0.6]]), np.array([0.4, -0.7, 0.2]), np.array([1.1, -0.3]))]
