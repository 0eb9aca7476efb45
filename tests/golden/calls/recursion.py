# s2sad: wrt=x value=False signature=x: float, n: int
"""Direct recursion."""

import math


def recursion(x, n):
    if n == 0:
        return x
    return x * recursion(math.sin(x), n - 1)


EXAMPLES = [(0.7, 3), (0.7, 0)]
