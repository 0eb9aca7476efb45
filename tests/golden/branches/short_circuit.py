# s2sad: wrt=x,y value=False signature=x: float, y: float
"""`and`/`or` guard an operand that may not be evaluated."""

import math


def short_circuit(x, y):
    if x > 0.0 and math.log(x) < y or y > 10.0:
        return x * y
    return x - y


EXAMPLES = [(2.0, 3.0), (-2.0, 3.0), (-2.0, 11.0), (9.0, 0.5)]
