import numpy as np


def saved_shapes_jvp(W, xs, *, W_dot):
    """Value of saved_shapes and its tangent along those of W."""
    h = np.zeros(xs.shape[1])
    h_dot = np.zeros_like(h)
    for x in xs:
        z = x @ W
        z_dot = x @ W_dot
        tanh = np.tanh(z[:, 0])
        tanh1 = np.tanh(z[:, 1])
        product_dot = z_dot[:, 0] * (1.0 - tanh**2) * tanh1
        total_dot = h_dot + (product_dot + z_dot[:, 1] * (1.0 - tanh1**2) * tanh)
        h = np.tanh(h + tanh * tanh1)
        h_dot = total_dot * (1.0 - h**2)
    sum_ = np.sum(h)
    sum_dot = np.sum(h_dot)
    return sum_, sum_dot
