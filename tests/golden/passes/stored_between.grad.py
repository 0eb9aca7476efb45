import numpy as np


def stored_between_grad(x, stored_between_bar=1.0):
    """Gradient of stored_between with respect to x."""
    # forward sweep
    y = x.copy()
    exp = np.exp(y[1:])
    first = np.sum(exp)
    y_item = y[0]
    y_item1 = y[1]
    y[1] = y_item * y_item1
    exp1 = np.exp(y[1:])
    # reverse sweep
    x_bar = np.zeros_like(x)
    x_bar[1:] = (2.0 * stored_between_bar * exp1 + stored_between_bar * first) * exp1
    product_bar = x_bar[1]
    x_bar[1] = product_bar * y_item
    x_bar[0] += product_bar * y_item1
    x_bar[1:] += stored_between_bar * np.sum(exp1) * exp
    return x_bar
