# s2sad: wrt=x value=False signature=x: float
"""A small helper disappears into its caller."""


def square_plus(t, c=1.0):
    return t * t + c


def leaf_helper(x):
    return square_plus(x) * square_plus(2.0 * x, c=0.5)


EXAMPLES = [(0.7,)]
