import numpy as np


def fill_elements_jvp(x, *, x_dot):
    """Value of fill_elements and its tangent along those of x."""
    y = np.zeros(len(x))
    y_dot = np.zeros_like(y)
    for i in range(len(x)):
        x_item = x[i]
        y_dot[i] = x_dot[i] * x_item + x_dot[i] * x_item
        y[i] = x_item * x_item
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
