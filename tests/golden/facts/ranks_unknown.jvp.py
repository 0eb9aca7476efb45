import numpy as np
from copy import deepcopy


def ranks_unknown_jvp(x, *, x_dot):
    """Value of ranks_unknown and its tangent along those of x."""
    d = x[1:] - x[:-1]
    d_dot = x_dot[1:] - x_dot[:-1]
    product = d * d
    x_item = x[0]
    value = deepcopy(np.sum(product * x_item))
    sum_dot = deepcopy(np.sum((d_dot * d + d_dot * d) * x_item + x_dot[0] * product))
    return value, sum_dot
