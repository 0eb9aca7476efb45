import numpy as np


def norm_distance_grad(x, y, norm_distance_bar=1.0):
    """Gradient of norm_distance with respect to x and y."""
    difference = x - y
    x_bar = norm_distance_bar * (difference / np.linalg.norm(difference))
    y_bar = -x_bar
    return x_bar, y_bar
