import numpy as np


def ranks_known_grad(x, ranks_known_bar=1.0):
    """Gradient of ranks_known with respect to x."""
    # forward sweep
    d = x[1:] - x[:-1]
    product = d * d
    # reverse sweep
    product_bar = np.full_like(product, ranks_known_bar)
    x_bar = np.zeros_like(x)
    x_bar[0] = product_bar @ product
    d_bar = product_bar * (2.0 * x[0]) * d
    x_bar[:-1] -= d_bar
    x_bar[1:] += d_bar
    return x_bar
