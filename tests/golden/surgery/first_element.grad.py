import numpy as np


def first_element_grad(x, first_element_bar=1.0):
    """Gradient of first_element with respect to x."""
    h = np.exp(x)
    x_bar = np.zeros_like(x)
    x_bar[:-1] = first_element_bar * h[1:]
    h_bar = np.zeros_like(h)
    h_bar[1:] = first_element_bar * x[:-1]
    x_bar[0] *= 1.0
    h_bar[0] = 0.0
    x_bar = x_bar + h_bar * h
    return x_bar
