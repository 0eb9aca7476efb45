import math


def checks_grad(x, checks_bar=1.0):
    """Gradient of checks with respect to x."""
    assert x == x, "not a number"
    if x < 0.0:
        raise ValueError("x must not be negative")
    sqrt = math.sqrt(x)
    x_bar = checks_bar * sqrt + checks_bar * x * 0.5 / sqrt
    return x_bar
