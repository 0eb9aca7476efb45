# s2sad: wrt=x value=False signature=x: float
"""The path that was taken is the path that is differentiated."""

import math


def try_except(x):
    try:
        y = math.log(x)
    except ValueError:
        y = -x * x
    return x * y


EXAMPLES = [(0.7,), (-0.7,)]
