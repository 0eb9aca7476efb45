# s2sad: wrt=x value=False signature=x: f8[n]
"""A store under a mask cuts the dependence there."""

import numpy as np


def masked(x):
    y = 2.0 * x
    y[x > 0.5] = 1.0
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
