# s2sad: wrt=x value=False signature=x: float
"""One value used four times: its adjoint is a sum."""

import math


def shared_use(x):
    s = math.sin(x)
    return s * s + s * x + s


EXAMPLES = [(0.4,)]
