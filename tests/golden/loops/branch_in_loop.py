# s2sad: wrt=x value=False signature=x: f8[n]
"""The branch taken differs from trip to trip."""

import numpy as np


def branch_in_loop(x):
    s = 1.0
    for v in x:
        if v > 0.0:
            s = s * v
        else:
            s = s - v * v
    return s


EXAMPLES = [(np.array([1.5, -2.0, 0.5, 0.7]),)]
