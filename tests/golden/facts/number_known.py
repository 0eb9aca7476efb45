# s2sad: wrt=x value=False signature=x: float, k: float
"""A number: its adjoint is one."""

import numpy as np


def number_known(x, k):
    y = x * k
    if y > 0.0:
        y = y * x
    return y + x


EXAMPLES = [(0.7, 1.3), (0.7, -1.3)]
