# s2sad: wrt=x value=False signature=x: f8[n], n: int
"""Sums and differences of whole numbers are worked out, so that an element is seen to be the one it is."""

import numpy as np


def index_arithmetic(x, n):
    s = 0.0
    for i in range(n - 1):
        k = i + 1
        s += x[k - 1] * x[(i + 2) - 1] * x[1 * k + 0]
    return s


EXAMPLES = [(np.array([0.3, -0.2, 0.7]), 3)]
