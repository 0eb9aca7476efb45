import numpy as np


def integers_grad(x, integers_bar=1.0):
    """Gradient of integers with respect to x."""
    # forward sweep
    best = 0
    for i in range(1, len(x)):
        if x[i] > x[best]:
            best = i
    count = int(np.sum(x > 0.0))
    # reverse sweep
    x_bar = np.zeros_like(x)
    x_bar[best] = integers_bar * count * (2.0 * x[best])
    return x_bar
