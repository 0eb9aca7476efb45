"""The gradient of `product` written by hand: what the emitted one is measured against."""

import numpy as np


def product_grad(w1, w2, product_bar=1.0):
    w1_bar = product_bar * w2 + product_bar * np.cos(w1)
    w2_bar = product_bar * w1
    return w1_bar, w2_bar
