import numpy as np


def summed_before_grad(x, centre, L, summed_before_bar=1.0):
    """Gradient of summed_before with respect to x, centre and L."""
    # forward sweep
    difference = x - centre
    z = difference @ L.T
    # reverse sweep
    z_bar = -summed_before_bar * z
    x_bar = z_bar @ L
    L_bar = z_bar.T @ difference
    centre_bar = -x_bar.sum(axis=0)
    return x_bar, centre_bar, L_bar
