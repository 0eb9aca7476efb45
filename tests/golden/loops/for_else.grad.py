import numpy as np


def for_else_grad(x, for_else_bar=1.0):
    """Gradient of for_else with respect to x."""
    # forward sweep
    i_tape = []
    go = True
    for i in range(len(x)):
        i_tape.append(i)
        v = x[i]
        if v > 1.0:
            go = False
            break
    # reverse sweep
    if go:
        s_bar = for_else_bar * 2.0
    else:
        s_bar = for_else_bar
    x_bar = np.zeros_like(x)
    for i in reversed(i_tape):
        v = x[i]
        if not v > 1.0:
            x_bar[i] += 2.0 * s_bar * v
    return x_bar
