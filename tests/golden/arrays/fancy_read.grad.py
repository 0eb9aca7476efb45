import numpy as np


def fancy_read_grad(x, fancy_read_bar=1.0):
    """Gradient of fancy_read with respect to x."""
    # forward sweep
    items = [0, 0, 2]
    picked = x[items]
    array = np.array([1.0, 2.0, 3.0])
    # reverse sweep
    x_bar = np.zeros_like(x)
    np.add.at(x_bar, items, fancy_read_bar * (picked * array) + fancy_read_bar * picked * array)
    return x_bar
