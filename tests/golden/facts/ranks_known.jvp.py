import numpy as np


def ranks_known_jvp(x, *, x_dot):
    """Value of ranks_known and its tangent along those of x."""
    d = x[1:] - x[:-1]
    d_dot = x_dot[1:] - x_dot[:-1]
    product = d * d
    x_item = x[0]
    sum_ = np.sum(product * x_item)
    sum_dot = np.sum(d_dot * d * (2.0 * x_item) + x_dot[0] * product)
    return sum_, sum_dot
