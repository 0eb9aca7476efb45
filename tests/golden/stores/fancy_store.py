# s2sad: wrt=x value=False signature=x: f8[3]
"""Repeated indices: the last write wins."""

import numpy as np


def fancy_store(x):
    y = np.zeros(3)
    y[[0, 0, 1]] = x
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
