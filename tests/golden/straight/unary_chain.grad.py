import math


def unary_chain_grad(x, unary_chain_bar=1.0):
    """Gradient of unary_chain with respect to x."""
    a = math.exp(-x)
    total = 1.0 + a
    b = math.log(total)
    c = math.sqrt(b)
    x_bar = -unary_chain_bar * (1.0 - math.tanh(c) ** 2) * 0.5 / c / total * a
    return x_bar
