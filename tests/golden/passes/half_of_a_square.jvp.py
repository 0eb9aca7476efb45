import numpy as np


def half_of_a_square_jvp(x, *, x_dot):
    """Value of half_of_a_square and its tangent along those of x."""
    product = -0.5 * x
    exp = np.exp(product * x)
    exp_dot = (x_dot * -0.5 * x + x_dot * product) * exp
    product = x * 0.25
    product1 = product * x
    sum_ = np.sum(exp + np.sin(product1))
    sum_dot = np.sum(exp_dot + (x_dot * 0.25 * x + x_dot * product) * np.cos(product1))
    return sum_, sum_dot
