import numpy as np


def new_axes_jvp(x, y, *, x_dot, y_dot):
    """Value of new_axes and its tangent along those of x and y."""
    d = x[:, None] - y[None, :]
    d_dot = x_dot[:, None] - y_dot[None, :]
    w = np.exp(-d**2)
    w_dot = -d_dot * (2.0 * d) * w
    sum_ = w.sum(axis=1)
    sum1 = np.sum(np.log(sum_))
    sum_dot = np.sum(w_dot.sum(axis=1) / sum_)
    return sum1, sum_dot
