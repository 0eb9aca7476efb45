# s2sad: wrt=x value=False signature=x: f8[n]
"""A store through a view reaches the base."""

import numpy as np


def through_view(x):
    y = np.zeros(len(x))
    v = y[1:]
    v[0] = x[0] * x[1]
    v[1] = x[2]
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
