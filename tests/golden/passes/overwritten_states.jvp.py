import numpy as np


def overwritten_states_jvp(x, *, x_dot):
    """Value of overwritten_states and its tangent along those of x."""
    n = len(x)
    y = np.zeros(n)
    y_dot = np.zeros_like(y)
    z = np.zeros(n)
    z_dot = np.zeros_like(z)
    for i in range(n):
        exp = np.exp(x[i])
        y_dot[i] = x_dot[i] * exp
        y[i] = exp
        exp = np.exp(-x[i])
        z_dot[i] = -x_dot[i] * exp
        z[i] = exp
    for i in range(0, n, 2):
        z_item = z[i]
        y_dot[i] = z_dot[i] * np.cos(z_item)
        y[i] = np.sin(z_item)
    sum_ = np.sum(y * z)
    sum_dot = np.sum(y_dot * z + z_dot * y)
    return sum_, sum_dot
