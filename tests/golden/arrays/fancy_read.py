# s2sad: wrt=x value=False signature=x: f8[n]
"""Repeated indices: the adjoint accumulates."""

import numpy as np


def fancy_read(x):
    picked = x[[0, 0, 2]]
    return np.sum(picked * np.array([1.0, 2.0, 3.0]) * picked)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
