import numpy as np
from s2sad.runtime import split_like


def joining_grad(x, y, joining_bar=1.0):
    """Gradient of joining with respect to x and y."""
    # forward sweep
    items = [x, y * y, x]
    long = np.concatenate(items)
    pair = np.stack([x, 2.0 * x])
    # reverse sweep
    pair_bar = np.zeros_like(pair)
    pair_bar[1] = joining_bar * pair[0]
    pair_bar[0] = joining_bar * pair[1]
    items_bar = split_like(2.0 * joining_bar * long, items, 0)
    x_bar = pair_bar[0] + pair_bar[1] * 2.0 + items_bar[0] + items_bar[2]
    y_bar = 2.0 * items_bar[1] * y
    return x_bar, y_bar
