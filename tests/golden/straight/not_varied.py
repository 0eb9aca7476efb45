# s2sad: wrt=y value=False signature=x: float, y: float
"""Only one parameter is varied: nothing is computed for the other."""

import math


def not_varied(x, y):
    slow = math.exp(math.sin(x))
    return slow * y + x * y * y


EXAMPLES = [(0.8, 1.5)]
