# s2sad: wrt=a,b value=True signature=a: float, b: float, n: int
"""Two carried values, each needed by the other's adjoint (arithmetic-geometric mean)."""

import math


def two_carried(a, b, n):
    for _ in range(n):
        a, b = 0.5 * (a + b), math.sqrt(a * b)
    return a


EXAMPLES = [(1.0, 2.0, 4), (1.0, 2.0, 0)]
