import numpy as np


def overwrite_jvp(x, *, x_dot):
    """Value of overwrite and its tangent along those of x."""
    y = x.copy()
    y_dot = x_dot.copy()
    y_item = y[0]
    y_item1 = y[1]
    y_dot[0] = y_dot[0] * y_item1 + y_dot[1] * y_item
    y[0] = y_item * y_item1
    y_item = y[0]
    y_dot[0] *= np.cos(y_item)
    y[0] = np.sin(y_item)
    sum_ = np.sum(y)
    sum_dot = np.sum(y_dot)
    return sum_, sum_dot
