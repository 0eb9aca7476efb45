import numpy as np


def linear_system_jvp(A, b, *, A_dot, b_dot):
    """Value of linear_system and its tangent along those of A and b."""
    x = np.linalg.solve(A, b)
    x_dot = np.linalg.solve(A, b_dot - A_dot @ x)
    sum_ = np.sum(x * x)
    sum_dot = np.sum(2.0 * x_dot * x)
    return sum_, sum_dot
