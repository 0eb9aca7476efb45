import numpy as np


def recurrence_grad(a, b, recurrence_bar=1.0):
    """Gradient of recurrence with respect to a and b."""
    # forward sweep
    y = np.empty_like(a)
    y[0] = a[0]
    n = len(a)
    for i in range(1, n):
        y[i] = a[i] + b * y[i - 1] ** 2
    # reverse sweep
    y_bar = np.zeros_like(y)
    y_bar[-1] = recurrence_bar
    a_bar = np.zeros_like(a)
    b_bar = 0.0
    for i in reversed(range(1, n)):
        total_bar = y_bar[i]
        y_item = y[i - 1]
        y_bar[i - 1] += total_bar * b * (2.0 * y_item)
        a_bar[i] = total_bar
        b_bar += total_bar * y_item**2
    a_bar[0] += y_bar[0]
    return a_bar, b_bar
