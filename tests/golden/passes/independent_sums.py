# s2sad: wrt=x,a value=True signature=x: f8[n], a: float
"""Iterations that only add to sums, also in branches: one loop, without tapes, for the value and all adjoints."""

import math

import numpy as np


def independent_sums(x, a):
    total = 0.0
    for i in range(len(x)):
        if x[i] > 0.1:
            s, c = math.sin(a * x[i]), math.cos(x[i])
        else:
            s, c = a, x[i]
        total += s * c
    return total


EXAMPLES = [(np.array([0.3, -0.2, 0.6, 1.2]), 0.7), (np.zeros(0), 0.4)]
