import numpy as np


def clipping_jvp(x, y, *, x_dot, y_dot):
    """Value of clipping and its tangent along those of x and y."""
    clip = np.clip(x, -1.0, 1.0)
    clip_dot = np.where((x == -1.0) | (x == 1.0), 0.5 * x_dot, 0.0)
    sum_dot = np.sum(np.where((-1.0 < x) & (x < 1.0), x_dot, clip_dot) * y + y_dot * clip)
    maximum_dot = np.where(x > y, x_dot, np.where(x == y, 0.5 * x_dot, 0.0))
    maximum_dot += np.where(y > x, y_dot, np.where(x == y, 0.5 * y_dot, 0.0))
    abs_ = np.abs(x)
    abs_dot = np.sign(x) * x_dot
    sum_dot1 = np.sum(np.where(abs_ < 0.5, abs_dot, np.where(abs_ == 0.5, 0.5 * abs_dot, 0.0)))
    difference = np.sum(clip * y) + np.sum(np.maximum(x, y)) - np.sum(np.minimum(abs_, 0.5))
    difference_dot = sum_dot + np.sum(maximum_dot) - sum_dot1
    return difference, difference_dot
