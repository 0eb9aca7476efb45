import math


def shared_use_grad(x, shared_use_bar=1.0):
    """Gradient of shared_use with respect to x."""
    s = math.sin(x)
    x_bar = (shared_use_bar + shared_use_bar * x + 2.0 * shared_use_bar * s) * math.cos(x)
    x_bar = shared_use_bar * s + x_bar
    return x_bar
