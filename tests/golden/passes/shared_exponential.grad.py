import math


def shared_exponential_grad(x, w, shared_exponential_bar=1.0):
    """Gradient of shared_exponential with respect to x and w."""
    # forward sweep
    z = w * x
    ratio = x / w
    exp = math.exp(-z)
    total = 1.0 + exp
    # reverse sweep
    exp_bar = shared_exponential_bar * ratio
    ratio_bar = shared_exponential_bar * math.cos(ratio) + shared_exponential_bar * exp
    z_bar = -(exp_bar - shared_exponential_bar * (1.0 / total) / total) * exp
    w_bar = z_bar * x - ratio_bar * ratio / w
    x_bar = ratio_bar / w + z_bar * w
    return x_bar, w_bar
