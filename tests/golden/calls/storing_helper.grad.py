import numpy as np


def storing_helper_grad(x, storing_helper_bar=1.0):
    """Gradient of storing_helper with respect to x."""
    # forward sweep
    y = x.copy()
    x_item = x[1]
    y_item = y[0]
    y[0] = y_item * x_item
    y_item1 = y[0]
    y[0] = y_item1 * y_item1
    # reverse sweep
    y_bar = 2.0 * storing_helper_bar * y
    y_bar[0] = 2.0 * y_bar[0] * y_item1
    product_bar = y_bar[0]
    y_bar[0] = product_bar * x_item
    x_bar = np.zeros_like(x)
    x_bar[1] = product_bar * y_item
    x_bar += y_bar
    return x_bar
