# s2sad: wrt=x value=False signature=x: f8[n,m]
"""reshape, transpose, axis inserted and removed."""

import numpy as np


def shape_changes(x):
    flat = x.T.reshape(-1)
    column = flat[:, None]
    return np.sum((column * flat) ** 2) + x.ravel()[1]


EXAMPLES = [(np.array([[1.0, -2.0, 0.3], [0.5, 0.6, 0.7]]),)]
