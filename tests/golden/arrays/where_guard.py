# s2sad: wrt=x value=False signature=x: f8[n]
"""The branch not taken must not leak a NaN or a division warning into the gradient."""

import numpy as np


def where_guard(x):
    safe = np.where(x > 0.0, x, 1.0)
    return np.sum(np.where(x > 0.0, np.log(safe), x * x))


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
