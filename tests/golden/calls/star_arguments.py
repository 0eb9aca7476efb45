# s2sad: wrt=x,y value=False signature=x: float, y: float
"""Collected and spread arguments."""


def weighted(*terms, **options):
    total = 0.0
    for term in terms:
        total += options["weight"] * term * term
    return total


def star_arguments(x, y):
    pair = (x, y)
    return weighted(*pair, x * y, weight=y)


EXAMPLES = [(0.7, 0.4)]
