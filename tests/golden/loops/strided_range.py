# s2sad: wrt=x value=False signature=x: f8[n]
"""A range with a step, indexing pairs."""

import numpy as np


def strided_range(x):
    s = 1.0
    for i in range(0, len(x) - 1, 2):
        s = s * (x[i] + x[i + 1] ** 2)
    return s


EXAMPLES = [(np.array([0.7, -1.3, 0.4, 0.2, 9.0]),), (np.array([0.7]),)]
