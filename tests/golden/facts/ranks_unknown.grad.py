import numpy as np
from s2sad.runtime import add, buffer_like, index_add, like, require_scalar, unbroadcast


def ranks_unknown_grad(x, ranks_unknown_bar=1.0):
    """Gradient of ranks_unknown with respect to x."""
    # forward sweep
    x_item = x[1:]
    x_item1 = x[:-1]
    d = x_item - x_item1
    product = d * d
    x_item2 = x[0]
    product1 = product * x_item2
    sum_ = np.sum(product1)
    require_scalar(sum_)
    # reverse sweep
    product_bar = np.broadcast_to(unbroadcast(ranks_unknown_bar, sum_), np.shape(product1))
    product_bar = unbroadcast(product_bar, product1)
    x_bar = buffer_like(x)
    index_add(x_bar, 0, unbroadcast(product_bar * product, x_item2))
    d_bar = unbroadcast(unbroadcast(product_bar * x_item2, product) * d, d)
    d_bar = add(d_bar, d_bar)
    index_add(x_bar, slice(None, -1, None), unbroadcast(-d_bar, x_item1))
    index_add(x_bar, slice(1, None, None), unbroadcast(d_bar, x_item))
    x_bar = like(x, x_bar)
    return x_bar
