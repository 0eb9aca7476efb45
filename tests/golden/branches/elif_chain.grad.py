import math


def elif_chain_grad(x, elif_chain_bar=1.0):
    """Gradient of elif_chain with respect to x."""
    y_bar = elif_chain_bar * 2.0
    if x < -1.0:
        x_bar = -y_bar
    elif x < 0.0:
        x_bar = y_bar * x
    elif x < 1.0:
        y = math.exp(x)
        x_bar = y_bar * y
    else:
        x_bar = y_bar * (3.0 * (x * x))
    return x_bar
