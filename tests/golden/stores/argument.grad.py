import numpy as np


def argument_value_and_grad(x, argument_bar=1.0):
    """Value of argument and its gradient with respect to x."""
    # forward sweep
    x = x.copy()
    x_item = x[0]
    x_item1 = x[1]
    x[0] = x_item * x_item1
    x[1] *= 2.0
    sum_ = np.sum(x * x)
    # reverse sweep
    x_bar = 2.0 * argument_bar * x
    x_bar[1] *= 2.0
    product_bar = x_bar[0]
    x_bar[1] += product_bar * x_item
    x_bar[0] = product_bar * x_item1
    return sum_, x_bar
