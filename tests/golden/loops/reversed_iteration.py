# s2sad: wrt=x value=False signature=x: f8[n]
"""`reversed` over an array; the reverse sweep runs forward again."""

import numpy as np


def reversed_iteration(x):
    s = 1.0
    for v in reversed(x):
        s = v + 1.0 / s
    return s


EXAMPLES = [(np.array([1.0, 2.0, 0.5]),)]
