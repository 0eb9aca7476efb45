import math


def shared_exponential_grad(x, w, shared_exponential_bar=1.0):
    """Gradient of shared_exponential with respect to x and w."""
    # forward sweep
    z = w * x
    ratio = x / w
    exp = math.exp(-z)
    total = 1.0 + exp
    # reverse sweep
    quotient_bar = shared_exponential_bar * math.cos(ratio)
    ratio_bar = shared_exponential_bar * exp
    negative_bar = shared_exponential_bar * ratio * exp
    z_bar = shared_exponential_bar * (1.0 / total) / total * exp - negative_bar
    w_bar = -quotient_bar * ratio / w - ratio_bar * ratio / w + z_bar * x
    x_bar = quotient_bar / w + ratio_bar / w + z_bar * w
    return x_bar, w_bar
