import numpy as np


def extrema_grad(x, y, extrema_bar=1.0):
    """Gradient of extrema with respect to x and y."""
    max_ = max(x, y)
    value = extrema_bar * min(x, 2.0)
    min_bar = extrema_bar * max(max_, 0.1)
    value = value if max_ > 0.1 else 0.5 * value if max_ == 0.1 else 0.0
    x_bar = (
        (min_bar if x < 2.0 else 0.5 * min_bar if x == 2.0 else 0.0)
        + (value if x > y else 0.5 * value if x == y else 0.0)
    )
    y_bar = extrema_bar * np.sign(y) + (value if y > x else 0.5 * value if x == y else 0.0)
    return x_bar, y_bar
