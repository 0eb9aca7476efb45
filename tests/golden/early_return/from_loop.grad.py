import numpy as np


def from_loop_grad(x, limit, from_loop_bar=1.0):
    """Gradient of from_loop with respect to x."""
    # forward sweep
    tape = []
    s = 0.0
    ret = False
    for i in range(len(x)):
        v = x[i]
        s += v * v
        tape.append((i, s))
        if s > limit:
            ret = True
            break
    # reverse sweep
    if ret:
        result_bar = from_loop_bar
        s_bar = 0.0
    else:
        result_bar = 0.0
        s_bar = from_loop_bar
    x_bar = np.zeros_like(x)
    for i, s in reversed(tape):
        v = x[i]
        if s > limit:
            v_bar = result_bar * s
            s_bar += result_bar * v
            result_bar = 0.0
        else:
            v_bar = 0.0
        x_bar[i] += v_bar + 2.0 * s_bar * v
    return x_bar
