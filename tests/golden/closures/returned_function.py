# s2sad: wrt=x value=False signature=x: float
"""A function made by a function."""


def make_line(a, b):
    return lambda t: a * t + b


def returned_function(x):
    line = make_line(x, x * x)
    return line(2.0) * line(x)


EXAMPLES = [(0.7,)]
