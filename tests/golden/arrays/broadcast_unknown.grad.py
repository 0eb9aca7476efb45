import numpy as np
from s2sad.runtime import add, like, require_scalar, unbroadcast


def broadcast_unknown_grad(x, y, broadcast_unknown_bar=1.0):
    """Gradient of broadcast_unknown with respect to x and y."""
    # forward sweep
    product = x * y
    total = product + y
    sum_ = np.sum(total)
    require_scalar(sum_)
    # reverse sweep
    total_bar = np.broadcast_to(unbroadcast(broadcast_unknown_bar, sum_), np.shape(total))
    total_bar = unbroadcast(total_bar, total)
    product_bar = unbroadcast(total_bar, product)
    x_bar = like(x, unbroadcast(product_bar * y, x))
    y_bar = like(y, add(unbroadcast(total_bar, y), unbroadcast(product_bar * x, y)))
    return x_bar, y_bar
