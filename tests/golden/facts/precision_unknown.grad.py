import numpy as np
from s2sad.runtime import add, like, require_scalar, unbroadcast


def precision_unknown_grad(x, y, precision_unknown_bar=1.0):
    """Gradient of precision_unknown with respect to x and y."""
    # forward sweep
    z = x * y
    product = z * z
    total = product + x
    sum_ = np.sum(total)
    require_scalar(sum_)
    # reverse sweep
    total_bar = np.broadcast_to(unbroadcast(precision_unknown_bar, sum_), np.shape(total))
    total_bar = unbroadcast(total_bar, total)
    z_bar = unbroadcast(unbroadcast(total_bar, product) * z, z)
    z_bar = add(z_bar, z_bar)
    x_bar = like(x, add(unbroadcast(total_bar, x), unbroadcast(z_bar * y, x)))
    y_bar = like(y, unbroadcast(z_bar * x, y))
    return x_bar, y_bar
