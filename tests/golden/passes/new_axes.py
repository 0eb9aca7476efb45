# s2sad: wrt=x,y value=False signature=x: f8[n], y: f8[m]
"""The adjoint of `x[:, None]` is a sum over the new axis, and arithmetic broadcasts the adjoints of sums by itself."""

import numpy as np


def new_axes(x, y):
    d = x[:, None] - y[None, :]
    w = np.exp(-(d**2))
    return np.sum(np.log(w.sum(axis=1)))


EXAMPLES = [(np.array([0.3, -0.2, 0.5]), np.array([0.1, 0.7, -0.4, 0.9]))]
