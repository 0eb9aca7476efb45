import numpy as np


def two_blocks_jvp(x, n, *, x_dot):
    """Value of two_blocks and its tangent along those of x."""
    for _ in range(n):
        x_dot = x_dot + x_dot * np.cos(x) * 0.1
        x = x + 0.1 * np.sin(x)
    y = np.sum(x**2)
    y_dot = np.sum(x_dot * (2.0 * x))
    total = y + x[0]
    total_dot = y_dot + x_dot[0]
    return total, total_dot
