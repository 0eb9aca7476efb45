# s2sad: wrt=x value=False signature=x: float
"""Two names for one value, one of them rebound."""


def chained_assignment(x):
    a = b = 2.0 * x
    a += b * x
    return a * b


EXAMPLES = [(0.8,)]
