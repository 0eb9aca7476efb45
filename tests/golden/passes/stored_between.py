# s2sad: wrt=x value=False signature=x: f8[n]
"""The same operation on memory that is stored to in between: it is computed again."""

import numpy as np


def stored_between(x):
    y = x.copy()
    first = np.sum(np.exp(y[1:]))
    y[1] = y[0] * y[1]
    return first * np.sum(np.exp(y[1:])) + np.sum(np.exp(y[1:]) ** 2)


EXAMPLES = [(np.array([0.3, -0.2, 0.7]),)]
