import numpy as np


def whole_array_jvp(x, *, x_dot):
    """Value of whole_array and its tangent along those of x."""
    y = x * 1.0
    y_dot = x_dot * 1.0
    y_dot += 2.0 * x_dot * x
    y += x * x
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
