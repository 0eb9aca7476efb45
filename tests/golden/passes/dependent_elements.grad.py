import math
import numpy as np


def dependent_elements_grad(x, n, dependent_elements_bar=1.0):
    """Gradient of dependent_elements with respect to x."""
    # forward sweep
    exp_tape = []
    s_tape = []
    s = 0.0
    for i in range(n):
        s_tape.append(s)
        s += math.sin(s + x[i])
    total = 0.0
    for i in range(n):
        exp = math.exp(x[i])
        exp_tape.append(exp)
        total += exp
    # reverse sweep
    s_bar = dependent_elements_bar / total
    total_bar = -s_bar * (s / total)
    x_bar = np.zeros_like(x)
    for i, exp in zip(reversed(range(n)), reversed(exp_tape)):
        x_bar[i] = total_bar * exp
    for i, s in zip(reversed(range(n)), reversed(s_tape)):
        total_bar = s_bar * math.cos(s + x[i])
        x_bar[i] += total_bar
        s_bar += total_bar
    return x_bar
