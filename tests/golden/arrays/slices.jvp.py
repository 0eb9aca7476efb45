import numpy as np


def slices_jvp(x, *, x_dot):
    """Value of slices and its tangent along those of x."""
    d = x[1:] - x[:-1]
    d_dot = x_dot[1:] - x_dot[:-1]
    x_item = x[0]
    x_item1 = x[-1]
    total_dot = np.sum(2.0 * d_dot * d) + (x_dot[0] * x_item1 + x_dot[-1] * x_item)
    total = np.sum(d * d) + x_item * x_item1 + np.sum(x[::-2])
    total_dot += np.sum(x_dot[::-2])
    return total, total_dot
