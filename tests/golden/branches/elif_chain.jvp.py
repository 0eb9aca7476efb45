import math


def elif_chain_jvp(x, *, x_dot):
    """Value of elif_chain and its tangent along those of x."""
    if x < -1.0:
        y = -x
        y_dot = -x_dot
    elif x < 0.0:
        product = 0.5 * x
        y = product * x
        y_dot = x_dot * 0.5 * x + x_dot * product
    elif x < 1.0:
        y = math.exp(x)
        y_dot = x_dot * y
    else:
        y = x**3
        y_dot = x_dot * (3.0 * (x * x))
    product = 2.0 * y
    product_dot = y_dot * 2.0
    return product, product_dot
