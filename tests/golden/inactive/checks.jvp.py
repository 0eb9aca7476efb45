import math


def checks_jvp(x, *, x_dot):
    """Value of checks and its tangent along those of x."""
    assert x == x, "not a number"
    if x < 0.0:
        raise ValueError("x must not be negative")
    sqrt = math.sqrt(x)
    product = sqrt * x
    product_dot = x_dot * 0.5 / sqrt * x + x_dot * sqrt
    return product, product_dot
