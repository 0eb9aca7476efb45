import math
import numpy as np


def independent_elements_value_and_grad(x, w, n, independent_elements_bar=1.0):
    """Value of independent_elements and its gradient with respect to x and w."""
    w_bar = np.zeros_like(w)
    x_bar = np.zeros_like(x)
    s = 0.0
    for i in range(n):
        d = x[i] - 0.5
        exp = math.exp(-d * d)
        product_bar = independent_elements_bar * w[i] * exp
        w_bar[i] += independent_elements_bar * exp
        x_bar[i] += -product_bar * d - product_bar * d
        s += w[i] * exp
    return s, (x_bar, w_bar)
