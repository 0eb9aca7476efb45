# s2sad: wrt=w1,w2 value=False signature=w1: float, w2: float
"""Straight line: no forward sweep survives, two adjoint statements."""

import numpy as np


def product(w1, w2):
    w3 = w1 * w2
    w4 = np.sin(w1)
    w5 = w3 + w4
    return w5


EXAMPLES = [(2.0, 3.0), (-0.5, 0.0)]
