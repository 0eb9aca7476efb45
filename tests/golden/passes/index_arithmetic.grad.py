import numpy as np


def index_arithmetic_grad(x, n, index_arithmetic_bar=1.0):
    """Gradient of index_arithmetic with respect to x."""
    x_bar = np.zeros_like(x)
    for i in reversed(range(n - 1)):
        product_bar = index_arithmetic_bar * x[i + 1]
        x_item = x[i]
        x_item1 = x[i + 1]
        x_bar[i + 1] += index_arithmetic_bar * (x_item * x_item1) + product_bar * x_item
        x_bar[i] += product_bar * x_item1
    return x_bar
