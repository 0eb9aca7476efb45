import numpy as np


def errstate_grad(x, errstate_bar=1.0):
    """Gradient of errstate with respect to x."""
    # forward sweep
    with np.errstate(all="ignore"):
        sqrt = np.sqrt(x)
        y = sqrt / x
    # reverse sweep
    with np.errstate(all="ignore"):
        x_bar = 0.5 * errstate_bar / x / sqrt - errstate_bar / x * y
    return x_bar
