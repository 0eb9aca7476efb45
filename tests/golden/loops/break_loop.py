# s2sad: wrt=x value=False signature=x: f8[n], limit: float
"""The reverse sweep starts where the loop was left."""

import numpy as np


def break_loop(x, limit):
    s = 0.0
    for v in x:
        s = s + v**3
        if s > limit:
            break
    return s * s


EXAMPLES = [
    (np.array([1.5, 0.3, 0.5]), 1.0),
    (np.array([0.5, 0.3, 0.5]), 9.0),
    (np.array([0.8, 0.9, 1.5, 7.0]), 3.0),
]
