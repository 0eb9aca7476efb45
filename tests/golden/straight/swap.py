# s2sad: wrt=x,y value=False signature=x: float, y: float
"""A simultaneous assignment reads both old values."""


def swap(x, y):
    x, y = y, x * y
    x, y = y, x + y
    return x - y * y


EXAMPLES = [(0.4, 2.5), (-1.0, 0.3)]
