import numpy as np
from s2sad.runtime import product_of_others


def axis_methods_grad(x, axis_methods_bar=1.0):
    """Gradient of axis_methods with respect to x."""
    # forward sweep
    centred = x - x.mean(axis=0)
    scale = centred.sum(axis=1, keepdims=True)
    max_ = x.max()
    prod = x.prod(axis=1)
    # reverse sweep
    x_bar = np.full_like(prod, axis_methods_bar * max_)[:, None] * product_of_others(x, 1)
    ties = np.equal(x, max_)
    quotient = axis_methods_bar * prod.sum() / max(float(np.count_nonzero(ties)), 1.0)
    centred_bar = np.full_like(centred, axis_methods_bar) * scale
    centred_bar += (axis_methods_bar * centred).sum(axis=1, keepdims=True)
    x_bar = x_bar + np.where(ties, quotient, 0.0) + centred_bar
    x_bar -= centred_bar.sum(axis=0) / x.shape[0]
    return x_bar
