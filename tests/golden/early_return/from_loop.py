# s2sad: wrt=x value=False signature=x: f8[n], limit: float
"""A return from inside a loop."""

import numpy as np


def from_loop(x, limit):
    s = 0.0
    for v in x:
        s = s + v * v
        if s > limit:
            return s * v
    return s


EXAMPLES = [(np.array([0.7, -0.4, 1.2]), 1.0), (np.array([0.7, -0.4, 0.2]), 9.0)]
