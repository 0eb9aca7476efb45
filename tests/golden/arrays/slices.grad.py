import numpy as np


def slices_grad(x, slices_bar=1.0):
    """Gradient of slices with respect to x."""
    d = x[1:] - x[:-1]
    x_bar = np.zeros_like(x)
    x_bar[::-2] = slices_bar
    x_bar[-1] += slices_bar * x[0]
    x_bar[0] += slices_bar * x[-1]
    d_bar = 2.0 * slices_bar * d
    x_bar[:-1] -= d_bar
    x_bar[1:] += d_bar
    return x_bar
