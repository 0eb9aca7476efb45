# s2sad: wrt=x,y value=True signature=x: float, y: float
"""Guard clauses, one of which returns a constant."""

import math


def guards(x, y):
    if y == 0.0:
        return 0.0
    z = x / y
    if z > 1.0:
        return z * z
    return math.exp(z)


EXAMPLES = [(0.7, 0.5), (0.3, 0.5)]
