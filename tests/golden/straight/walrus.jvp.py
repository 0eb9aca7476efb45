import math


def walrus_jvp(x, *, x_dot):
    """Value of walrus and its tangent along those of x."""
    t = x * x
    t_dot = 2.0 * x_dot * x
    sin = math.sin(t)
    product = t * sin
    product_dot = t_dot * sin + t_dot * math.cos(t) * t
    return product, product_dot
