# s2sad: wrt=x value=False signature=x: f8[n]
"""A boolean mask selects a part."""

import numpy as np


def mask_read(x):
    return np.sum(x[x > 0.0] ** 3)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
