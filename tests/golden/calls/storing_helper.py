# s2sad: wrt=x value=False signature=x: f8[n]
"""A helper that stores to its argument."""

import numpy as np


def scale_first(a, s):
    a[0] *= s


def storing_helper(x):
    y = x.copy()
    scale_first(y, x[1])
    scale_first(y, y[0])
    return np.sum(y * y)


EXAMPLES = [(np.array([0.7, -0.4]),)]
