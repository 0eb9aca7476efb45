import numpy as np


def nonlocal_state_grad(x, nonlocal_state_bar=1.0):
    """Gradient of nonlocal_state with respect to x."""
    x_bar = np.zeros_like(x)
    total_bar = nonlocal_state_bar
    for i in reversed(range(len(x))):
        x_bar[i] = 2.0 * total_bar * x[i]
        total_bar *= 0.5
    return x_bar
