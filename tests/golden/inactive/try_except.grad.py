import math


def try_except_grad(x, try_except_bar=1.0):
    """Gradient of try_except with respect to x."""
    # forward sweep
    try:
        y = math.log(x)
        path = 0
    except ValueError:
        negative = -x
        y = negative * x
        path = 1
    # reverse sweep
    x_bar = try_except_bar * y
    y_bar = try_except_bar * x
    if path == 0:
        x_bar += y_bar / x
    else:
        x_bar = x_bar + y_bar * negative - y_bar * x
    return x_bar
