import numpy as np


def clipping_grad(x, y, clipping_bar=1.0):
    """Gradient of clipping with respect to x and y."""
    abs_ = np.abs(x)
    sum_bar = -clipping_bar
    sign = np.sign(x)
    x_bar = np.where(abs_ < 0.5, sum_bar, np.where(abs_ == 0.5, 0.5 * sum_bar, 0.0)) * sign
    where = np.where(x == y, 0.5 * clipping_bar, 0.0)
    x_bar += np.where(x > y, clipping_bar, where)
    clip_bar = clipping_bar * y
    y_bar = np.where(y > x, clipping_bar, where) + clipping_bar * np.clip(x, -1.0, 1.0)
    edge_bar = np.where((x == -1.0) | (x == 1.0), 0.5 * clip_bar, 0.0)
    x_bar += np.where((-1.0 < x) & (x < 1.0), clip_bar, edge_bar)
    return x_bar, y_bar
