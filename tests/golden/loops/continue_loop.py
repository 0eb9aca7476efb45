# s2sad: wrt=x value=False signature=x: f8[n]
"""Skipped trips have no adjoint."""

import numpy as np


def continue_loop(x):
    s = 1.0
    for v in x:
        if v < 0.0:
            continue
        s *= v + 1.0
    return s


EXAMPLES = [(np.array([1.5, -0.3, 0.5, 0.8]),)]
