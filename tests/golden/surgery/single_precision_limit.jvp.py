import numpy as np


def single_precision_limit_jvp(x, *, x_dot):
    """Value of single_precision_limit and its tangent along those of x."""
    h = np.sin(x)
    h_dot = x_dot * np.cos(x)
    sum_ = np.sum(h**2)
    sum_dot = np.sum(h_dot * (2.0 * h))
    return sum_, sum_dot
