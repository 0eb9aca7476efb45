import numpy as np
from s2sad.runtime import spread


def comprehension_grad(x, comprehension_bar=1.0):
    """Gradient of comprehension with respect to x."""
    # forward sweep
    items = []
    n = len(x)
    for v in x:
        if v > 0.0:
            items.append(v * v)
    items1 = []
    n1 = len(x)
    for v in x:
        items1.append(v)
    # reverse sweep
    items_bar = spread(comprehension_bar * sum(items), items1)
    x_bar = np.zeros_like(x)
    for i in reversed(range(n1)):
        x_bar[i] += items_bar.pop()
    items_bar = spread(comprehension_bar * sum(items1), items)
    for i in reversed(range(n)):
        v = x[i]
        if v > 0.0:
            product_bar = items_bar.pop()
            x_bar[i] += 2.0 * product_bar * v
    return x_bar
