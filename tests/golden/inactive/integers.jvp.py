import numpy as np


def integers_jvp(x, *, x_dot):
    """Value of integers and its tangent along those of x."""
    best = 0
    for i in range(1, len(x)):
        if x[i] > x[best]:
            best = i
    count = int(np.sum(x > 0.0))
    x_item = x[best]
    product = count * x_item**2
    product_dot = x_dot[best] * (2.0 * x_item) * count
    return product, product_dot
