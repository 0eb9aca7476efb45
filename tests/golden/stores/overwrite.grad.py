import numpy as np


def overwrite_grad(x, overwrite_bar=1.0):
    """Gradient of overwrite with respect to x."""
    # forward sweep
    y = x.copy()
    y_item = y[0]
    y_item1 = y[1]
    y[0] = y_item * y_item1
    # reverse sweep
    x_bar = np.full_like(x, overwrite_bar)
    x_bar[0] *= np.cos(y[0])
    product_bar = x_bar[0]
    x_bar[1] += product_bar * y_item
    x_bar[0] = product_bar * y_item1
    return x_bar
