# s2sad: wrt=x value=False signature=x: f8[n]
"""`+=` on an array with two names."""

import numpy as np


def whole_array(x):
    y = x * 1.0
    z = y
    z += x * x
    return np.sum(y * z)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
