import numpy as np


def product_grad(w1, w2, product_bar=1.0):
    """Gradient of product with respect to w1 and w2."""
    w2_bar = product_bar * w1
    w1_bar = product_bar * np.cos(w1) + product_bar * w2
    return w1_bar, w2_bar
