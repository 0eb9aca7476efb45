import math
import numpy as np


def independent_sums_value_and_grad(x, a, independent_sums_bar=1.0):
    """Value of independent_sums and its gradient with respect to x and a."""
    x_bar = np.zeros_like(x)
    total = 0.0
    a_bar = 0.0
    for i in range(len(x)):
        test = x[i] > 0.1
        if test:
            s = math.sin(a * x[i])
            c = math.cos(x[i])
        else:
            c = x[i]
            s = a
        s_bar = independent_sums_bar * c
        c_bar = independent_sums_bar * s
        if test:
            x_item = x[i]
            product_bar = s_bar * math.cos(a * x_item)
            x_bar[i] += product_bar * a - c_bar * math.sin(x[i])
            a_bar += product_bar * x_item
        else:
            x_bar[i] += c_bar
            a_bar += s_bar
        total += s * c
    return total, (x_bar, a_bar)
