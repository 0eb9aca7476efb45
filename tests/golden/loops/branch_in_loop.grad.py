import numpy as np


def branch_in_loop_grad(x, branch_in_loop_bar=1.0):
    """Gradient of branch_in_loop with respect to x."""
    # forward sweep
    s_tape = []
    n = len(x)
    s = 1.0
    for v in x:
        if v > 0.0:
            s_tape.append(s)
            s *= v
        else:
            s -= v * v
    # reverse sweep
    x_bar = np.zeros_like(x)
    s_bar = branch_in_loop_bar
    for i in reversed(range(n)):
        v = x[i]
        if v > 0.0:
            s = s_tape.pop()
            v_bar = s_bar * s
            s_bar *= v
        else:
            v_bar = -2.0 * s_bar * v
        x_bar[i] = v_bar
    return x_bar
