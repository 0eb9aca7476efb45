# s2sad: wrt=x value=False signature=x: f8[n]
"""The two terms of the adjoint of `-0.5 * x * x` are one."""

import numpy as np


def half_of_a_square(x):
    return np.sum(np.exp(-0.5 * x * x) + np.sin(x * 0.25 * x))


EXAMPLES = [(np.array([0.3, -1.2, 2.0]),), (np.ones(0),)]
