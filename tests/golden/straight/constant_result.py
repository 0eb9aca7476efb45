# s2sad: wrt=x value=False signature=x: float, k: float
"""The result does not depend on the parameter at all: the gradient is zero."""


def constant_result(x, k):
    return k * 2.0


EXAMPLES = [(0.8, 1.5)]
