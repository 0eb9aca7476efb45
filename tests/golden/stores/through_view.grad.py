import numpy as np


def through_view_grad(x, through_view_bar=1.0):
    """Gradient of through_view with respect to x."""
    # forward sweep
    y = np.zeros(len(x))
    v = y[1:]
    x_item = x[0]
    x_item1 = x[1]
    v[0] = x_item * x_item1
    v[1] = x[2]
    # reverse sweep
    v_bar = (2.0 * through_view_bar * y)[1:]
    x_item_bar = v_bar[1]
    v_bar[1] = 0.0
    x_bar = np.zeros_like(x)
    x_bar[2] = x_item_bar
    product_bar = v_bar[0]
    x_bar[1] = product_bar * x_item
    x_bar[0] = product_bar * x_item1
    return x_bar
