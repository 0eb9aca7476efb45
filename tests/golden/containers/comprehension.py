# s2sad: wrt=x value=False signature=x: f8[n]
"""A list comprehension with a condition, and a generator expression."""

import numpy as np


def comprehension(x):
    squares = [v * v for v in x if v > 0.0]
    return sum(squares) * sum(v for v in x)


EXAMPLES = [(np.array([0.7, -0.4, 1.2]),)]
