import numpy as np


def precision_known_jvp(x, y, *, x_dot, y_dot):
    """Value of precision_known and its tangent along those of x and y."""
    z = x * y
    z_dot = x_dot * y + y_dot * x
    sum_ = np.sum(z * z + x)
    sum_dot = np.sum(2.0 * z_dot * z + x_dot)
    return sum_, sum_dot
