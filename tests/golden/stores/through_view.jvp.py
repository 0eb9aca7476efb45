import numpy as np


def through_view_jvp(x, *, x_dot):
    """Value of through_view and its tangent along those of x."""
    y = np.zeros(len(x))
    y_dot = np.zeros_like(y)
    v = y[1:]
    v_dot = y_dot[1:]
    x_item = x[0]
    x_item1 = x[1]
    v_dot[0] = x_dot[0] * x_item1 + x_dot[1] * x_item
    v[0] = x_item * x_item1
    v_dot[1] = x_dot[2]
    v[1] = x[2]
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
