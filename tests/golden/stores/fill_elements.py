# s2sad: wrt=x value=False signature=x: f8[n]
"""An array filled element by element: no old value is needed."""

import numpy as np


def fill_elements(x):
    y = np.zeros(len(x))
    for i in range(len(x)):
        y[i] = x[i] * x[i]
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]),)]
