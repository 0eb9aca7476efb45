# s2sad: wrt=x value=False
"""A test on the type of the argument, unknown until run time."""

import numpy as np


def isinstance_test(x):
    if isinstance(x, (int, float)):
        return x * x
    return np.sum(x)


EXAMPLES = [(0.5,), (np.array([1.0, 2.0]),)]
