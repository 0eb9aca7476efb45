# s2sad: wrt=x,y value=False signature=x: float, y: float
"""Constant exponents become products; a variable exponent needs the logarithm."""


def powers(x, y):
    return x**2 + 3.0 * x**-1.5 + x**y


EXAMPLES = [(1.3, 0.7), (0.4, -2.0)]
