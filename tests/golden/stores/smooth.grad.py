import numpy as np


def smooth_grad(u, steps, smooth_bar=1.0):
    """Gradient of smooth with respect to u."""
    u_bar = np.full_like(u, smooth_bar)
    for _ in range(steps):
        total_bar = u_bar[1:-1] / 3.0
        u_bar[1:-1] = 0.0
        u_bar[2:] += total_bar
        u_bar[:-2] += total_bar
        u_bar[1:-1] += total_bar
    return u_bar
