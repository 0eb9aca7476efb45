# s2sad: wrt=x value=False signature=x: float, k: float
"""What the result does not depend on leaves no trace in the gradient."""

import math


def dead_code(x, k):
    unused = math.exp(x) * k
    also_unused = unused + 1.0
    return k * x


EXAMPLES = [(0.4, 2.5)]
