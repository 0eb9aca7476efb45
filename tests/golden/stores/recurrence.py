# s2sad: wrt=a,b value=False signature=a: f8[n], b: float
"""Each element depends on the one stored before."""

import numpy as np


def recurrence(a, b):
    y = np.empty_like(a)
    y[0] = a[0]
    for i in range(1, len(a)):
        y[i] = a[i] + b * y[i - 1] ** 2
    return y[-1]


EXAMPLES = [(np.array([1.0, -0.2, 0.3, 0.4]), 0.3), (np.array([1.0]), 0.3)]
