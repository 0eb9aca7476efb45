import numpy as np


def zip_enumerate_grad(x, y, zip_enumerate_bar=1.0):
    """Gradient of zip_enumerate with respect to x and y."""
    y_bar = np.zeros_like(y)
    x_bar = np.zeros_like(x)
    for i in reversed(range(len(x))):
        y_bar[i] = zip_enumerate_bar * (i * x[i])
        x_bar[i] = zip_enumerate_bar * y[i] * i
    return x_bar, y_bar
