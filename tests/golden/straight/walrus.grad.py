import math


def walrus_grad(x, walrus_bar=1.0):
    """Gradient of walrus with respect to x."""
    t = x * x
    x_bar = 2.0 * (walrus_bar * math.sin(t) + walrus_bar * t * math.cos(t)) * x
    return x_bar
