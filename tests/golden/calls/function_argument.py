# s2sad: wrt=x value=False signature=x: float
"""Functions as values: passed, partially applied, in a lambda."""

import functools


def twice(f, t):
    return f(f(t))


def affine(a, b, t):
    return a * t + b


def function_argument(x):
    g = functools.partial(affine, x, 0.5)
    return twice(g, x) + twice(lambda t: t * x, 2.0)


EXAMPLES = [(0.7,)]
