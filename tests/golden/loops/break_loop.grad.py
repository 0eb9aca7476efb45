import numpy as np


def break_loop_grad(x, limit, break_loop_bar=1.0):
    """Gradient of break_loop with respect to x."""
    # forward sweep
    i_tape = []
    s = 0.0
    for i in range(len(x)):
        i_tape.append(i)
        v = x[i]
        s += v**3
        if s > limit:
            break
    # reverse sweep
    s_bar = 2.0 * break_loop_bar * s
    x_bar = np.zeros_like(x)
    for i in reversed(i_tape):
        v = x[i]
        x_bar[i] += s_bar * (3.0 * (v * v))
    return x_bar
