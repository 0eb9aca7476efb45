import numpy as np
from s2sad.runtime import count_along, product_of_others, restore_axes


def axis_methods_grad(x, axis_methods_bar=1.0):
    """Gradient of axis_methods with respect to x."""
    # forward sweep
    centred = x - x.mean(axis=0)
    scale = centred.sum(axis=1, keepdims=True)
    max_ = x.max()
    prod = x.prod(axis=1)
    # reverse sweep
    restore_axes1 = restore_axes(np.full_like(prod, axis_methods_bar * max_), x, 1, False)
    ties = np.equal(x, max_)
    quotient = axis_methods_bar * prod.sum() / max(float(np.count_nonzero(ties)), 1.0)
    x_bar = restore_axes1 * product_of_others(x, 1) + np.where(ties, quotient, 0.0)
    product_bar = np.full_like(centred * scale, axis_methods_bar)
    scale_bar = (product_bar * centred).sum(axis=1, keepdims=True)
    centred_bar = product_bar * scale + restore_axes(scale_bar, x, 1, True)
    x_bar1 = restore_axes((-centred_bar).sum(axis=0) / count_along(x, 0), x, 0, False)
    x_bar = x_bar + centred_bar + x_bar1
    return x_bar
