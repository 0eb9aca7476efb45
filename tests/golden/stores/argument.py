# s2sad: wrt=x value=True signature=x: f8[n]
"""A store to the argument: the caller's array is copied, the gradient is at the value on entry."""

import numpy as np


def argument(x):
    x[0] = x[0] * x[1]
    x[1] *= 2.0
    return np.sum(x * x)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
