import numpy as np


def layers_jvp(x, w, n, *, x_dot, w_dot):
    """Value of layers and its tangent along those of x and w."""
    for _ in range(n):
        for _ in range(3):
            tanh = np.tanh(w @ x)
            x_dot = (w_dot @ x + w @ x_dot) * (1.0 - tanh**2) + x_dot
            x = tanh + x
    for _ in range(3):
        tanh = np.tanh(w @ x)
        x_dot = (w_dot @ x + w @ x_dot) * (1.0 - tanh**2) + x_dot
        x = tanh + x
    sum_ = np.sum(x**2)
    sum_dot = np.sum(x_dot * (2.0 * x))
    return sum_, sum_dot
