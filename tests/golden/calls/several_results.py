# s2sad: wrt=x,y value=False signature=x: float, y: float
"""A helper that returns a tuple, one entry of which is not used."""

import math


def polar(x, y):
    return math.hypot(x, y), math.atan2(y, x), x


def several_results(x, y):
    r, angle, _ = polar(x, y)
    return r * angle


EXAMPLES = [(0.7, 0.4), (-0.7, 0.4)]
