# s2sad: wrt=x value=False signature=x: f8[n]
"""A nested function that rebinds a variable of its scope."""

import numpy as np


def nonlocal_state(x):
    total = 0.0

    def add(t):
        nonlocal total
        total = total * 0.5 + t * t

    for v in x:
        add(v)
    return total


EXAMPLES = [(np.array([0.7, -0.4, 1.2]),)]
