import math


def if_only_jvp(x, *, x_dot):
    """Value of if_only and its tangent along those of x."""
    y = x * x
    y_dot = 2.0 * x_dot * x
    if y > 1.0:
        y = math.sqrt(y)
        y_dot = y_dot * 0.5 / y
    product = y * x
    product_dot = y_dot * x + x_dot * y
    return product, product_dot
