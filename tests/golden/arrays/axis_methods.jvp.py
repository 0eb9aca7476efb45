import numpy as np
from s2sad.runtime import product_of_others, share_ties


def axis_methods_jvp(x, *, x_dot):
    """Value of axis_methods and its tangent along those of x."""
    centred = x - x.mean(axis=0)
    centred_dot = x_dot - x_dot.mean(axis=0)
    scale = centred.sum(axis=1, keepdims=True)
    scale_dot = centred_dot.sum(axis=1, keepdims=True)
    max_ = x.max()
    sum_ = x.prod(axis=1).sum()
    product_dot = np.sum(share_ties(np.ones_like(max_), max_, x, None, False) * x_dot) * sum_
    product_dot += np.sum(product_of_others(x, 1) * x_dot, axis=1).sum() * max_
    total = (centred * scale).sum() + max_ * sum_
    total_dot = (centred_dot * scale + scale_dot * centred).sum() + product_dot
    return total, total_dot
