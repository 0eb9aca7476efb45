import numpy as np


def half_of_a_square_grad(x, half_of_a_square_bar=1.0):
    """Gradient of half_of_a_square with respect to x."""
    x_bar = 0.5 * half_of_a_square_bar * np.cos(x * 0.25 * x) * x
    x_bar -= half_of_a_square_bar * np.exp(-0.5 * x * x) * x
    return x_bar
