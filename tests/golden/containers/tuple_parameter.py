# s2sad: wrt=p value=False
"""A tuple in, a tuple out."""

import math


def tuple_parameter(p):
    a, b = p
    return a * b + math.sin(a)


EXAMPLES = [((0.7, -0.4),)]
