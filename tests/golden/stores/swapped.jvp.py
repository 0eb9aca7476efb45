import numpy as np


def swapped_jvp(u, steps, *, u_dot):
    """Value of swapped and its tangent along those of u."""
    a = u.copy()
    a_dot = u_dot.copy()
    b = np.zeros_like(u)
    b_dot = np.zeros_like(b)
    for _ in range(steps):
        b_dot[:] = 2.0 * a_dot * a - a_dot[::-1] * 0.1
        b[:] = a * a - 0.1 * a[::-1]
        a, b, a_dot, b_dot = b, a, b_dot, a_dot
    sum_ = np.sum(a)
    sum_dot = np.sum(a_dot)
    return sum_, sum_dot
