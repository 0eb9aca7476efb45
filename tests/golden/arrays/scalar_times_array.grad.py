import numpy as np


def scalar_times_array_grad(a, x, scalar_times_array_bar=1.0):
    """Gradient of scalar_times_array with respect to a and x."""
    product_bar = scalar_times_array_bar * np.exp(a * x)
    x_bar = product_bar * a
    a_bar = product_bar @ x
    return a_bar, x_bar
