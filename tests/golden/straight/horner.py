# s2sad: wrt=x,c0,c2 value=False signature=x: float, c0: float, c1: float, c2: float
"""One name bound three times: each version is its own value."""


def horner(x, c0, c1, c2):
    p = c2
    p = p * x + c1
    p = p * x + c0
    return p


EXAMPLES = [(0.5, 1.0, -2.0, 3.0)]
