# s2sad: wrt=x,y value=False signature=x: float, y: float
"""Both sides assign; the condition is tested again in the reverse sweep."""


def if_else(x, y):
    if x > y:
        z = x * x * y
    else:
        z = y - x
    return z * z


EXAMPLES = [(2.0, 0.5), (0.5, 2.0)]
