import math


def try_except_jvp(x, *, x_dot):
    """Value of try_except and its tangent along those of x."""
    try:
        y = math.log(x)
        y_dot = x_dot / x
    except ValueError:
        negative = -x
        y = negative * x
        y_dot = x_dot * negative - x_dot * x
    product = x * y
    product_dot = x_dot * y + y_dot * x
    return product, product_dot
