# s2sad: wrt=c,x value=False signature=c: f8[n], x: float
"""A range that counts down."""

import numpy as np


def negative_step(c, x):
    p = 0.0
    for i in range(len(c) - 1, -1, -1):
        p = p * x + c[i]
    return p


EXAMPLES = [(np.array([1.0, -2.0, 0.5]), 0.7), (np.zeros(0), 0.7)]
