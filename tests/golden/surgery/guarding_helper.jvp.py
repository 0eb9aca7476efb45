import numpy as np


def guarding_helper_jvp(x, *, x_dot):
    """Value of guarding_helper and its tangent along those of x."""
    value = np.sqrt(x)
    sqrt_dot = x_dot * 0.5 / value
    value1 = value * x
    total = np.sum(value1) + np.sum(value)
    total_dot = np.sum(sqrt_dot * x + x_dot * value) + np.sum(sqrt_dot)
    return total, total_dot
