import numpy as np
from copy import deepcopy


def broadcast_unknown_jvp(x, y, *, x_dot, y_dot):
    """Value of broadcast_unknown and its tangent along those of x and y."""
    value = deepcopy(np.sum(x * y + y))
    sum_dot = deepcopy(np.sum(x_dot * y + y_dot * x + y_dot))
    return value, sum_dot
