# s2sad: wrt=W,v value=False
"""The same program as shapes_known, of arguments of which nothing is known."""

import numpy as np


def shapes_unknown(W, v, u):
    h = W @ v + u
    return np.sum(h * h * u)


EXAMPLES = [(np.array([[0.5, -0.2, 0.1], [0.3, 0.8, -0.6]]), np.array([0.4, -0.7, 0.2]), np.array([1.1, -0.3]))]
