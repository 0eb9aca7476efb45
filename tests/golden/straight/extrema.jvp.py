import numpy as np
from s2sad.runtime import extremum_dot


def extrema_jvp(x, y, *, x_dot, y_dot):
    """Value of extrema and its tangent along those of x and y."""
    max_ = max(x, y)
    max1 = max(max_, 0.1)
    max_dot = extremum_dot((extremum_dot((x_dot, y_dot), max_, (x, y)), 0.0), max1, (max_, 0.1))
    min_ = min(x, 2.0)
    product_dot = max_dot * min_ + extremum_dot((x_dot, 0.0), min_, (x, 2.0)) * max1
    total = max1 * min_ + abs(y)
    total_dot = product_dot + np.sign(y) * y_dot
    return total, total_dot
