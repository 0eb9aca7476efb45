# s2sad: wrt=x value=True signature=x: float
"""The parameter's name is reused; the gradient is with respect to the value on entry."""

import math


def rebind_parameter(x):
    x = x * x
    x = x + math.cos(x)
    return x


EXAMPLES = [(0.7,), (-1.1,)]
