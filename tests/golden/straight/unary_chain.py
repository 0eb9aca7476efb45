# s2sad: wrt=x value=False signature=x: float
"""A chain of elementary functions: each intermediate is needed by one adjoint."""

import math


def unary_chain(x):
    a = math.exp(-x)
    b = math.log(1.0 + a)
    c = math.sqrt(b)
    return math.tanh(c)


EXAMPLES = [(0.3,), (-1.2,)]
