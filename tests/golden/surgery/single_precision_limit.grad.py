import numpy as np


def single_precision_limit_grad(x, single_precision_limit_bar=1.0):
    """Gradient of single_precision_limit with respect to x."""
    h = np.sin(x)
    h_bar = 2.0 * single_precision_limit_bar * h
    h_bar = np.clip(h_bar.astype(float), -10.0, 10.0)
    x_bar = h_bar.astype(np.float32) * np.cos(x)
    return x_bar
