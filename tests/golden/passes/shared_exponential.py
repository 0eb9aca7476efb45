# s2sad: wrt=x,w value=False signature=x: float, w: float
"""The same exponential twice, and a quotient that has a name: each is computed once."""

import math


def shared_exponential(x, w):
    z = w * x
    ratio = x / w
    return 1.0 / (1.0 + math.exp(-z)) + math.exp(-z) * ratio + math.sin(x / w)


EXAMPLES = [(0.8, 1.5), (-2.0, 0.3)]
