import numpy as xp
from math import sqrt as root
from numpy.linalg import norm


def import_aliases_grad(x, import_aliases_bar=1.0):
    """Gradient of import_aliases with respect to x."""
    # forward sweep
    root1 = root(xp.sum(x * x))
    norm1 = norm(x)
    # reverse sweep
    x_bar = (import_aliases_bar + import_aliases_bar * root1) * (x / norm1)
    x_bar += import_aliases_bar * norm1 / root1 * x
    return x_bar
