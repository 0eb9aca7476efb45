import numpy as np


def gates_jvp(W, x, c, *, W_dot):
    """Value of gates and its tangent along those of W."""
    m = c.shape[1]
    z = np.tanh(x @ W)
    z_dot = x @ W_dot * (1.0 - z**2)
    z_item = z[:, :m]
    sum_dot = np.sum(z_dot[:, :m] * (2.0 * z_item))
    exp = np.exp(z[:, m:2 * m])
    total_dot = sum_dot + np.sum(z_dot[:, m:2 * m] * exp)
    z_item1 = z[:, 2 * m:]
    total = np.sum(z_item**2) + np.sum(exp) + np.sum(np.sin(z_item1))
    total_dot += np.sum(z_dot[:, 2 * m:] * np.cos(z_item1))
    return total, total_dot
