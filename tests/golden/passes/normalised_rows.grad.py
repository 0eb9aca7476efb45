import numpy as np


def normalised_rows_grad(x, gain, shift, normalised_rows_bar=1.0):
    """Gradient of normalised_rows with respect to x, gain and shift."""
    # forward sweep
    mean = np.mean(x, axis=-1, keepdims=True)
    difference = x - mean
    variance = np.mean(difference**2, axis=-1, keepdims=True)
    sqrt = np.sqrt(variance + 1e-05)
    quotient = gain * difference / sqrt
    # reverse sweep
    total_bar = np.full_like(quotient, normalised_rows_bar)
    shift_bar = total_bar.sum(axis=0)
    product_bar = total_bar / sqrt
    gain_bar = (product_bar * difference).sum(axis=0)
    product = (product_bar * quotient).sum(axis=1, keepdims=True) / sqrt / x.shape[-1]
    difference_bar = product_bar * gain - product * difference
    x_bar = difference_bar - difference_bar.sum(axis=1, keepdims=True) / x.shape[-1]
    return x_bar, gain_bar, shift_bar
