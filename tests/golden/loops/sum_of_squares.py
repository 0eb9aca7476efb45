# s2sad: wrt=x value=False signature=x: f8[n]
"""Iteration over an array's elements."""

import math

import numpy as np


def sum_of_squares(x):
    s = 0.0
    for v in x:
        s += v * v
    return math.sqrt(s)


EXAMPLES = [(np.array([1.0, -2.0, 0.5]),)]
