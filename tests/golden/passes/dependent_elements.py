# s2sad: wrt=x value=False signature=x: f8[n], n: int
"""Each iteration needs the one before, and the total is needed by all adjoints: two loops."""

import math

import numpy as np


def dependent_elements(x, n):
    s = 0.0
    for i in range(n):
        s += math.sin(s + x[i])
    total = 0.0
    for i in range(n):
        total += math.exp(x[i])
    return s / total


EXAMPLES = [(np.array([0.3, -0.2, 0.7]), 3)]
