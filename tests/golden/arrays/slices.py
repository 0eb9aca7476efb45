# s2sad: wrt=x value=False signature=x: f8[n]
"""Reads of overlapping slices add into one adjoint."""

import numpy as np


def slices(x):
    d = x[1:] - x[:-1]
    return np.sum(d * d) + x[0] * x[-1] + np.sum(x[::-2])


EXAMPLES = [(np.array([1.0, -2.0, 0.3, 0.7]),)]
