import numpy as np


def storing_helper_jvp(x, *, x_dot):
    """Value of storing_helper and its tangent along those of x."""
    y = x.copy()
    y_dot = x_dot.copy()
    x_item = x[1]
    y_item = y[0]
    y_dot[0] = y_dot[0] * x_item + x_dot[1] * y_item
    y[0] = y_item * x_item
    y_item = y[0]
    y_dot[0] = y_dot[0] * y_item + y_dot[0] * y_item
    y[0] = y_item * y_item
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
