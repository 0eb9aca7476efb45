import math


def if_only_grad(x, if_only_bar=1.0):
    """Gradient of if_only with respect to x."""
    # forward sweep
    y = x * x
    test = y > 1.0
    if test:
        y = math.sqrt(y)
    # reverse sweep
    y_bar = if_only_bar * x
    if test:
        y_bar = y_bar * 0.5 / y
    x_bar = if_only_bar * y + 2.0 * y_bar * x
    return x_bar
