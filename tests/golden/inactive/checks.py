# s2sad: wrt=x value=False signature=x: float
"""`assert` and `raise` keep their place in the forward sweep."""

import math


def checks(x):
    assert x == x, "not a number"
    if x < 0.0:
        raise ValueError("x must not be negative")
    return math.sqrt(x) * x


EXAMPLES = [(0.7,)]
