import numpy as np


def reversed_iteration_grad(x, reversed_iteration_bar=1.0):
    """Gradient of reversed_iteration with respect to x."""
    # forward sweep
    s_tape = []
    n = len(x)
    s = 1.0
    for i in range(n):
        s_tape.append(s)
        v = x[n - 1 - i]
        s = v + 1.0 / s
    # reverse sweep
    x_bar = np.zeros_like(x)
    s_bar = reversed_iteration_bar
    for i, s in zip(reversed(range(n)), reversed(s_tape)):
        x_bar[n - 1 - i] += s_bar
        s_bar = -s_bar / s * (1.0 / s)
    return x_bar
