import numpy as np


def argument_jvp(x, *, x_dot):
    """Value of argument and its tangent along those of x."""
    x = x.copy()
    x_dot = x_dot.copy()
    x_item = x[0]
    x_item1 = x[1]
    x_dot[0] = x_dot[0] * x_item1 + x_dot[1] * x_item
    x[0] = x_item * x_item1
    x_dot[1] *= 2.0
    x[1] *= 2.0
    sum_ = np.sum(x * x)
    sum_dot = np.sum(2.0 * x_dot * x)
    return sum_, sum_dot
