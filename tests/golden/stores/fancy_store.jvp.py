import numpy as np


def fancy_store_jvp(x, *, x_dot):
    """Value of fancy_store and its tangent along those of x."""
    y = np.zeros(3)
    y_dot = np.zeros_like(y)
    items = [0, 0, 1]
    y_dot[items] = x_dot
    y[items] = x
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
