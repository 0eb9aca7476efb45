import numpy as np


def stored_between_jvp(x, *, x_dot):
    """Value of stored_between and its tangent along those of x."""
    y = x.copy()
    y_dot = x_dot.copy()
    exp = np.exp(y[1:])
    first = np.sum(exp)
    first_dot = np.sum(y_dot[1:] * exp)
    y_item = y[0]
    y_item1 = y[1]
    y_dot[1] = y_dot[0] * y_item1 + y_dot[1] * y_item
    y[1] = y_item * y_item1
    exp = np.exp(y[1:])
    exp_dot = y_dot[1:] * exp
    sum_ = np.sum(exp)
    total = first * sum_ + np.sum(exp**2)
    total_dot = first_dot * sum_ + np.sum(exp_dot) * first + np.sum(exp_dot * (2.0 * exp))
    return total, total_dot
