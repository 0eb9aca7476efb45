import numpy as np


def augmented_slice_jvp(x, w, *, x_dot, w_dot):
    """Value of augmented_slice and its tangent along those of x and w."""
    y = x * 1.0
    y_dot = x_dot * 1.0
    w_item = w[1:]
    y_item = y[:-1]
    y_dot[1:] += w_dot[1:] * y_item + y_dot[:-1] * w_item
    y[1:] += w_item * y_item
    w_item = w[:2]
    y_item = y[:2]
    y_dot[:2] = y_dot[:2] * w_item + w_dot[:2] * y_item
    y[:2] = y_item * w_item
    w_item = w[0]
    quotient = y[2] / w_item
    y_dot[2] = y_dot[2] / w_item - w_dot[0] / w_item * quotient
    y[2] = quotient
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
