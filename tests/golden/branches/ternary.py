# s2sad: wrt=x,y value=False signature=x: float, y: float
"""A conditional expression."""


def ternary(x, y):
    s = x if x > y else 2.0 * y
    return s * s


EXAMPLES = [(2.0, 0.5), (0.5, 2.0)]
