import numpy as np


def shape_changes_grad(x, shape_changes_bar=1.0):
    """Gradient of shape_changes with respect to x."""
    # forward sweep
    transpose = x.T
    flat = transpose.reshape(-1)
    column = flat[:, None]
    # reverse sweep
    ravel_bar = np.zeros_like(x.ravel())
    ravel_bar[1] = shape_changes_bar
    product_bar = 2.0 * shape_changes_bar * (column * flat)
    flat_bar = (product_bar * column).sum(axis=0)
    flat_bar += (product_bar * flat).sum(axis=1)
    x_bar = np.reshape(ravel_bar, x.shape) + np.reshape(flat_bar, transpose.shape).T
    return x_bar
