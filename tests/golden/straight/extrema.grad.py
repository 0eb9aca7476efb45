import numpy as np


def extrema_grad(x, y, extrema_bar=1.0):
    """Gradient of extrema with respect to x and y."""
    max_ = max(x, y)
    product = extrema_bar * min(x, 2.0) * ((max_ > 0.1) + 0.5 * (max_ == 0.1))
    product1 = product * ((x > y) + 0.5 * (x == y))
    x_bar = extrema_bar * max(max_, 0.1) * ((x < 2.0) + 0.5 * (x == 2.0)) + product1
    y_bar = extrema_bar * np.sign(y) + product * ((y > x) + 0.5 * (x == y))
    return x_bar, y_bar
