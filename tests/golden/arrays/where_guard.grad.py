import numpy as np


def where_guard_grad(x, where_guard_bar=1.0):
    """Gradient of where_guard with respect to x."""
    # forward sweep
    test = x > 0.0
    safe = np.where(test, x, 1.0)
    # reverse sweep
    x_bar = np.where(test, 0.0, 2.0 * where_guard_bar * x)
    x_bar += np.where(test, np.where(test, where_guard_bar / safe, 0.0), 0.0)
    return x_bar
