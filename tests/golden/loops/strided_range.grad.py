import numpy as np


def strided_range_grad(x, strided_range_bar=1.0):
    """Gradient of strided_range with respect to x."""
    # forward sweep
    s_tape = []
    difference = len(x) - 1
    s = 1.0
    for i in range(0, difference, 2):
        s_tape.append(s)
        s *= x[i] + x[i + 1] ** 2
    # reverse sweep
    x_bar = np.zeros_like(x)
    s_bar = strided_range_bar
    for i, s in zip(reversed(range(0, difference, 2)), reversed(s_tape)):
        x_item = x[i + 1]
        total_bar = s_bar * s
        x_bar[i + 1] += total_bar * (2.0 * x_item)
        x_bar[i] += total_bar
        s_bar *= x[i] + x_item**2
    return x_bar
