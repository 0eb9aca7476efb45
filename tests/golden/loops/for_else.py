# s2sad: wrt=x value=False signature=x: f8[n]
"""`else` runs only when the loop was not left."""

import numpy as np


def for_else(x):
    s = 0.0
    for v in x:
        if v > 1.0:
            break
        s += v * v
    else:
        s *= 2.0
    return s


EXAMPLES = [(np.array([0.5, 0.3]),), (np.array([0.5, 1.3, 0.2]),)]
