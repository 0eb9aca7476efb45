import math


def not_varied_grad(x, y, not_varied_bar=1.0):
    """Gradient of not_varied with respect to y."""
    slow = math.exp(math.sin(x))
    y_bar = not_varied_bar * (x * y) + not_varied_bar * y * x + not_varied_bar * slow
    return y_bar
