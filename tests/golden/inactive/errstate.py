# s2sad: wrt=x value=False signature=x: f8[n]
"""A context manager around differentiable code."""

import numpy as np


def errstate(x):
    with np.errstate(all="ignore"):
        y = np.sqrt(x) / x
    return np.sum(y)


EXAMPLES = [(np.array([0.7, 1.4]),)]
