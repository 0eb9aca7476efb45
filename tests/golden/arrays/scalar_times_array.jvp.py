import numpy as np


def scalar_times_array_jvp(a, x, *, a_dot, x_dot):
    """Value of scalar_times_array and its tangent along those of a and x."""
    exp = np.exp(a * x)
    sum_ = np.sum(exp)
    sum_dot = np.sum((a_dot * x + x_dot * a) * exp)
    return sum_, sum_dot
