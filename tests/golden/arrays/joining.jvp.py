import numpy as np


def joining_jvp(x, y, *, x_dot, y_dot):
    """Value of joining and its tangent along those of x and y."""
    long = np.concatenate([x, y * y, x])
    long_dot = np.concatenate([x_dot, 2.0 * y_dot * y, x_dot])
    pair = np.stack([x, 2.0 * x])
    pair_dot = np.stack([x_dot, x_dot * 2.0])
    sum_dot = np.sum(long_dot * (2.0 * long))
    pair_item = pair[0]
    pair_item1 = pair[1]
    total = np.sum(long**2) + np.sum(pair_item * pair_item1)
    total_dot = sum_dot + np.sum(pair_dot[0] * pair_item1 + pair_dot[1] * pair_item)
    return total, total_dot
