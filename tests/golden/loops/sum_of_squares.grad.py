import math
import numpy as np


def sum_of_squares_grad(x, sum_of_squares_bar=1.0):
    """Gradient of sum_of_squares with respect to x."""
    # forward sweep
    n = len(x)
    s = 0.0
    for v in x:
        s += v * v
    # reverse sweep
    s_bar = sum_of_squares_bar / math.sqrt(s)
    x_bar = np.zeros_like(x)
    for i in reversed(range(n)):
        x_bar[i] = s_bar * x[i]
    return x_bar
