import numpy as np


def gates_value_and_grad(W, x, c, gates_bar=1.0):
    """Value of gates and its gradient with respect to W."""
    # forward sweep
    m = c.shape[1]
    z = np.tanh(x @ W)
    z_item = z[:, :m]
    exp = np.exp(z[:, m:2 * m])
    z_item1 = z[:, 2 * m:]
    total = np.sum(z_item**2) + np.sum(exp) + np.sum(np.sin(z_item1))
    # reverse sweep
    z_bar = np.zeros_like(z)
    z_bar[:, 2 * m:] = gates_bar * np.cos(z_item1)
    z_bar[:, m:2 * m] = gates_bar * exp
    z_bar[:, :m] = 2.0 * gates_bar * z_item
    W_bar = x.T @ (z_bar * (1.0 - z**2))
    return total, W_bar
