import math


def shared_exponential_grad(x, w, shared_exponential_bar=1.0):
    """Gradient of shared_exponential with respect to x and w."""
    # forward sweep
    z = w * x
    ratio = x / w
    exp = math.exp(-z)
    total = 1.0 + exp
    # reverse sweep
    exp_bar = shared_exponential_bar * ratio - shared_exponential_bar / total * (1.0 / total)
    z_bar = -exp_bar * exp
    x_bar = (shared_exponential_bar * math.cos(ratio) + shared_exponential_bar * exp) / w
    w_bar = z_bar * x - x_bar * ratio
    x_bar += z_bar * w
    return x_bar, w_bar
