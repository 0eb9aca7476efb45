import numpy as np


def fancy_read_jvp(x, *, x_dot):
    """Value of fancy_read and its tangent along those of x."""
    items = [0, 0, 2]
    picked = x[items]
    picked_dot = x_dot[items]
    array = np.array([1.0, 2.0, 3.0])
    product = picked * array
    sum_ = np.sum(product * picked)
    sum_dot = np.sum(picked_dot * array * picked + picked_dot * product)
    return sum_, sum_dot
