# s2sad: wrt=x,y value=False signature=x: float, y: float
"""The condition depends on the active value."""


def grow(x, y):
    s = x
    while s < 10.0:
        s = 1.5 * s + y * y
    return s


EXAMPLES = [(0.7, 1.2), (11.0, 1.2)]
