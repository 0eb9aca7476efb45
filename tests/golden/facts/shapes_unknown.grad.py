import numpy as np
from s2sad.runtime import add, like, matmul_left, matmul_right, require_scalar, unbroadcast


def shapes_unknown_grad(W, v, u, shapes_unknown_bar=1.0):
    """Gradient of shapes_unknown with respect to W and v."""
    # forward sweep
    product = W @ v
    h = product + u
    product1 = h * h
    product2 = product1 * u
    sum_ = np.sum(product2)
    require_scalar(sum_)
    # reverse sweep
    product_bar = np.broadcast_to(unbroadcast(shapes_unknown_bar, sum_), np.shape(product2))
    h_bar = unbroadcast(unbroadcast(product_bar, product2) * u, product1) * h
    h_bar = unbroadcast(h_bar, h)
    product_bar = unbroadcast(add(h_bar, h_bar), product)
    W_bar = like(W, unbroadcast(matmul_left(product_bar, W, v), W))
    v_bar = like(v, unbroadcast(matmul_right(product_bar, W, v), v))
    return W_bar, v_bar
