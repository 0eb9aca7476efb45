import numpy as np


def first_element_jvp(x, *, x_dot):
    """Value of first_element and its tangent along those of x."""
    h = np.exp(x)
    h_dot = x_dot * h
    h_item = h[1:]
    x_item = x[:-1]
    sum_ = np.sum(h_item * x_item)
    sum_dot = np.sum(h_dot[1:] * x_item + x_dot[:-1] * h_item)
    return sum_, sum_dot
