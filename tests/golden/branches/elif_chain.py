# s2sad: wrt=x value=False signature=x: float
"""A chain of three conditions, each path with a different use of x."""

import math


def elif_chain(x):
    if x < -1.0:
        y = -x
    elif x < 0.0:
        y = 0.5 * x * x
    elif x < 1.0:
        y = math.exp(x)
    else:
        y = x**3
    return 2.0 * y


EXAMPLES = [(-2.0,), (-0.5,), (0.5,), (2.0,)]
