# s2sad: wrt=x value=False signature=x: f8[n]
"""A store under a condition inside a loop."""

import numpy as np


def conditional(x):
    y = x.copy()
    for i in range(1, len(y)):
        if y[i] > y[i - 1]:
            y[i] = y[i] * y[i - 1]
        else:
            y[i] += 0.5 * y[i - 1]
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3, 0.4]),)]
