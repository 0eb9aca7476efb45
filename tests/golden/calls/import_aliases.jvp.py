import numpy as xp
from math import sqrt as root
from numpy.linalg import norm


def import_aliases_jvp(x, *, x_dot):
    """Value of import_aliases and its tangent along those of x."""
    root1 = root(xp.sum(x * x))
    norm1 = norm(x)
    norm_dot = xp.sum(x / norm1 * x_dot)
    product_dot = xp.sum(2.0 * x_dot * x) * 0.5 / root1 * norm1 + norm_dot * root1
    total = root1 * norm1 + norm1
    total_dot = product_dot + norm_dot
    return total, total_dot
