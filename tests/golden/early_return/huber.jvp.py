import numpy as np


def huber_jvp(x, delta, *, x_dot):
    """Value of huber and its tangent along those of x."""
    a = abs(x)
    a_dot = np.sign(x) * x_dot
    if a <= delta:
        product = 0.5 * x
        result_dot = x_dot * 0.5 * x + x_dot * product
        result = product * x
    else:
        result = delta * (a - 0.5 * delta)
        result_dot = a_dot * delta
    return result, result_dot
