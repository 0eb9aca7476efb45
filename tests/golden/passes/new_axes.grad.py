import numpy as np


def new_axes_grad(x, y, new_axes_bar=1.0):
    """Gradient of new_axes with respect to x and y."""
    # forward sweep
    d = x[:, None] - y[None, :]
    w = np.exp(-d**2)
    # reverse sweep
    d_bar = -(2.0 * new_axes_bar / w.sum(axis=1))[:, None] * w * d
    y_bar = -d_bar.sum(axis=0)
    x_bar = d_bar.sum(axis=1)
    return x_bar, y_bar
