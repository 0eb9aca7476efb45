import numpy as np


def two_levels_jvp(x, n, m, k, *, x_dot):
    """Value of two_levels and its tangent along those of x."""
    for i in range(n):
        for _ in range(m):
            x_dot *= np.cos(x)
            x = np.sin(x) + 0.1 * i
        x_dot = 2.0 * x_dot * x
        x *= x
    return x, x_dot
