import numpy as np
from copy import deepcopy


def precision_unknown_jvp(x, y, *, x_dot, y_dot):
    """Value of precision_unknown and its tangent along those of x and y."""
    z = x * y
    z_dot = x_dot * y + y_dot * x
    value = deepcopy(np.sum(z * z + x))
    sum_dot = deepcopy(np.sum(z_dot * z + z_dot * z + x_dot))
    return value, sum_dot
