import numpy as np


def overwritten_states_grad(x, overwritten_states_bar=1.0):
    """Gradient of overwritten_states with respect to x."""
    # forward sweep
    exp_tape = []
    n = len(x)
    y = np.zeros(n)
    z = np.zeros(n)
    for i in range(n):
        exp = np.exp(x[i])
        exp_tape.append(exp)
        y[i] = exp
        z[i] = np.exp(-x[i])
    for i in range(0, n, 2):
        y[i] = np.sin(z[i])
    # reverse sweep
    y_bar = overwritten_states_bar * z
    z_bar = overwritten_states_bar * y
    for i in reversed(range(0, n, 2)):
        sin_bar = y_bar[i]
        y_bar[i] = 0.0
        z_bar[i] += sin_bar * np.cos(z[i])
    x_bar = np.zeros_like(x)
    for i, exp in zip(reversed(range(n)), reversed(exp_tape)):
        x_bar[i] = y_bar[i] * exp - z_bar[i] * z[i]
    return x_bar
