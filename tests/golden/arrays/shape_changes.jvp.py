import numpy as np


def shape_changes_jvp(x, *, x_dot):
    """Value of shape_changes and its tangent along those of x."""
    flat = x.T.reshape(-1)
    flat_dot = np.reshape(x_dot.T, -1)
    column = flat[:, None]
    column_dot = flat_dot[:, None]
    product = column * flat
    sum_dot = np.sum((column_dot * flat + flat_dot * column) * (2.0 * product))
    total = np.sum(product**2) + x.ravel()[1]
    total_dot = sum_dot + np.ravel(x_dot)[1]
    return total, total_dot
