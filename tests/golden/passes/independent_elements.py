# s2sad: wrt=x,w value=True signature=x: f8[n], w: f8[n], n: int
"""Iterations that do not depend on each other: one loop for both sweeps, with the value that is returned."""

import math

import numpy as np


def independent_elements(x, w, n):
    s = 0.0
    for i in range(n):
        d = x[i] - 0.5
        s += w[i] * math.exp(-d * d)
    return s


EXAMPLES = [(np.array([0.3, -0.2, 0.7]), np.array([1.0, 2.0, -1.0]), 3), (np.array([0.3]), np.array([1.0]), 0)]
