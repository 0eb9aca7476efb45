import numpy as np


def invariant_matrix_jvp(x, W, b, n, *, x_dot, W_dot, b_dot):
    """Value of invariant_matrix and its tangent along those of x, W and b."""
    total = W + W.T
    total_dot = W_dot + W_dot.T
    exp = np.exp(b)
    exp_dot = b_dot * exp
    for _ in range(n):
        x1 = np.tanh(total @ x + exp)
        x_dot = (total_dot @ x + total @ x_dot + exp_dot) * (1.0 - x1**2)
        x = x1
    sum_ = np.sum(x)
    sum_dot = np.sum(x_dot)
    return sum_, sum_dot
