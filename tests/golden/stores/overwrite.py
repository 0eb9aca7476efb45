# s2sad: wrt=x value=False signature=x: f8[n]
"""One element overwritten twice by nonlinear functions of itself."""

import numpy as np


def overwrite(x):
    y = x.copy()
    y[0] = y[0] * y[1]
    y[0] = np.sin(y[0])
    return np.sum(y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
