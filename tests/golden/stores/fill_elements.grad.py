import numpy as np


def fill_elements_grad(x, fill_elements_bar=1.0):
    """Gradient of fill_elements with respect to x."""
    # forward sweep
    y = np.zeros(len(x))
    n = len(x)
    for i in range(n):
        y[i] = x[i] * x[i]
    # reverse sweep
    y_bar = 2.0 * fill_elements_bar * y
    x_bar = np.zeros_like(x)
    for i in reversed(range(n)):
        x_bar[i] = 2.0 * y_bar[i] * x[i]
    return x_bar
