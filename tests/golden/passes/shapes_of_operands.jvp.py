import numpy as np


def shapes_of_operands_jvp(x, *, x_dot):
    """Value of shapes_of_operands and its tangent along those of x."""
    difference = x * x - 2.0
    mean_dot = np.mean(2.0 * x_dot * x * (3.0 * (difference * difference)))
    exp = np.exp(np.sum(x**2, axis=1))
    total = np.mean(difference**3) + np.sum(exp)
    total_dot = mean_dot + np.sum(np.sum(x_dot * (2.0 * x), axis=1) * exp)
    return total, total_dot
