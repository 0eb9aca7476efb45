import numpy as np
from s2sad.runtime import spread


def comprehension_grad(x, comprehension_bar=1.0):
    """Gradient of comprehension with respect to x."""
    # forward sweep
    squares = []
    n = len(x)
    for v in x:
        if v > 0.0:
            squares.append(v * v)
    items = []
    n1 = len(x)
    for v in x:
        items.append(v)
    # reverse sweep
    items_bar = spread(comprehension_bar * sum(squares), items)
    x_bar = np.zeros_like(x)
    for i in reversed(range(n1)):
        x_bar[i] = items_bar.pop()
    squares_bar = spread(comprehension_bar * sum(items), squares)
    for i in reversed(range(n)):
        v = x[i]
        if v > 0.0:
            product_bar = squares_bar.pop()
            x_bar[i] += 2.0 * product_bar * v
    return x_bar
