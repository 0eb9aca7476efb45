import numpy as np


def augmented_slice_grad(x, w, augmented_slice_bar=1.0):
    """Gradient of augmented_slice with respect to x and w."""
    # forward sweep
    y = x * 1.0
    w_item = w[1:]
    y_item = y[:-1]
    y_saved = y[1:].copy()
    y[1:] += w_item * y_item
    w_item1 = w[:2]
    y_item1 = y[:2]
    y_saved1 = y[:2].copy()
    y[:2] = y_item1 * w_item1
    w_item2 = w[0]
    quotient = y[2] / w_item2
    y_saved2 = y[2]
    y[2] = quotient
    # reverse sweep
    y_bar = 2.0 * augmented_slice_bar * y
    y[2] = y_saved2
    y_item_bar = y_bar[2] / w_item2
    y_bar[2] = y_item_bar
    w_bar = np.zeros_like(w)
    w_bar[0] = -y_item_bar * quotient
    y[:2] = y_saved1
    product_bar = y_bar[:2]
    w_item_bar = product_bar * y_item1
    y_bar[:2] = product_bar * w_item1
    w_bar[:2] += w_item_bar
    y[1:] = y_saved
    product_bar = y_bar[1:]
    w_item_bar = product_bar * y_item
    y_bar[:-1] += product_bar * w_item
    w_bar[1:] += w_item_bar
    x_bar = y_bar * 1.0
    return x_bar, w_bar
