import numpy as np


def negative_step_grad(c, x, negative_step_bar=1.0):
    """Gradient of negative_step with respect to c and x."""
    # forward sweep
    p_tape = []
    difference = len(c) - 1
    p = 0.0
    for i in range(difference, -1, -1):
        p_tape.append(p)
        p = p * x + c[i]
    # reverse sweep
    c_bar = np.zeros_like(c)
    p_bar = negative_step_bar
    x_bar = 0.0
    for i, p in zip(reversed(range(difference, -1, -1)), reversed(p_tape)):
        c_bar[i] = p_bar
        x_bar += p_bar * p
        p_bar *= x
    return c_bar, x_bar
