# s2sad: wrt=x,y value=False signature=x: float, y: float
"""min, max and abs of scalars."""


def extrema(x, y):
    return max(x, y, 0.1) * min(x, 2.0) + abs(y)


EXAMPLES = [(0.8, 1.5), (0.8, -0.5), (2.5, 1.0)]
