import numpy as np
from s2sad.runtime import add, as_adjoint, like, require_scalar, unbroadcast


def unknown_types_grad(x, k, unknown_types_bar=1.0):
    """Gradient of unknown_types with respect to x."""
    # forward sweep
    product = k * x
    h = np.sin(product)
    product1 = h * x
    sum_ = np.sum(product1)
    require_scalar(sum_)
    # reverse sweep
    product_bar = np.broadcast_to(unbroadcast(unknown_types_bar, sum_), np.shape(product1))
    product_bar = unbroadcast(product_bar, product1)
    h_bar = like(h, unbroadcast(product_bar * x, h))
    h_bar = np.clip(h_bar, -10.0, 10.0)
    product_bar1 = unbroadcast(as_adjoint(h_bar, h), h) * np.cos(product)
    x_bar = unbroadcast(unbroadcast(product_bar1, product) * k, x)
    x_bar = like(x, add(unbroadcast(product_bar * h, x), x_bar))
    return x_bar
