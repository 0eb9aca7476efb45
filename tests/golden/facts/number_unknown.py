# s2sad: wrt=x value=False
"""The same program as number_known, of arguments of which nothing is known."""

import numpy as np


def number_unknown(x, k):
    y = x * k
    if y > 0.0:
        y = y * x
    return y + x


EXAMPLES = [(0.7, 1.3), (0.7, -1.3)]
