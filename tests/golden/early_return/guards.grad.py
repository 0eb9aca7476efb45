import math


def guards_value_and_grad(x, y, guards_bar=1.0):
    """Value of guards and its gradient with respect to x and y."""
    if y == 0.0:
        result = 0.0
        x_bar = 0.0
        y_bar = 0.0
    else:
        z = x / y
        if z > 1.0:
            result = z * z
            z_bar = 2.0 * guards_bar * z
        else:
            result = math.exp(z)
            z_bar = guards_bar * result
        x_bar = z_bar / y
        y_bar = -x_bar * z
    return result, (x_bar, y_bar)
