# s2sad: wrt=x value=False signature=x: float
"""One-sided: the other path is the identity."""

import math


def if_only(x):
    y = x * x
    if y > 1.0:
        y = math.sqrt(y)
    return y * x


EXAMPLES = [(2.0,), (0.5,)]
