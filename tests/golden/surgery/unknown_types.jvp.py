import numpy as np
from copy import deepcopy


def unknown_types_jvp(x, k, *, x_dot):
    """Value of unknown_types and its tangent along those of x."""
    product = k * x
    h = np.sin(product)
    h_dot = x_dot * k * np.cos(product)
    value = deepcopy(np.sum(h * x))
    sum_dot = deepcopy(np.sum(h_dot * x + x_dot * h))
    return value, sum_dot
