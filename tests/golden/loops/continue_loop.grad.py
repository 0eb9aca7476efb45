import numpy as np


def continue_loop_grad(x, continue_loop_bar=1.0):
    """Gradient of continue_loop with respect to x."""
    # forward sweep
    s_tape = []
    n = len(x)
    s = 1.0
    for v in x:
        if not v < 0.0:
            s_tape.append(s)
            s *= v + 1.0
    # reverse sweep
    x_bar = np.zeros_like(x)
    s_bar = continue_loop_bar
    for i in reversed(range(n)):
        v = x[i]
        if not v < 0.0:
            s = s_tape.pop()
            x_bar[i] = s_bar * s
            s_bar *= v + 1.0
    return x_bar
