# s2sad: wrt=x value=False signature=x: float
"""A named expression inside an expression."""

import math


def walrus(x):
    return (t := x * x) * math.sin(t)


EXAMPLES = [(0.8,)]
