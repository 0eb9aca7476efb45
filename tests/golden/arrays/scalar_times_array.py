# s2sad: wrt=a,x value=False signature=a: float, x: f8[n]
"""A scalar operand's adjoint is a sum."""

import numpy as np


def scalar_times_array(a, x):
    return np.sum(np.exp(a * x))


EXAMPLES = [(0.5, np.array([1.0, -2.0, 0.3]))]
