import numpy as np


def errstate_jvp(x, *, x_dot):
    """Value of errstate and its tangent along those of x."""
    with np.errstate(all="ignore"):
        sqrt = np.sqrt(x)
        y = sqrt / x
        y_dot = x_dot * 0.5 / sqrt / x - x_dot / x * y
    sum_ = np.sum(y)
    sum_dot = np.sum(y_dot)
    return sum_, sum_dot
