import numpy as np


def where_guard_jvp(x, *, x_dot):
    """Value of where_guard and its tangent along those of x."""
    test = x > 0.0
    safe = np.where(test, x, 1.0)
    safe_dot = np.where(test, x_dot, 0.0)
    sum_ = np.sum(np.where(test, np.log(safe), x * x))
    sum_dot = np.sum(np.where(test, safe_dot / safe, 2.0 * x_dot * x))
    return sum_, sum_dot
