import numpy as np


def burgers_grad(u, dt, steps, burgers_bar=1.0):
    """Gradient of burgers with respect to u."""
    # forward sweep
    u_saved_tape = []
    u = u.copy()
    for _ in range(steps):
        u_saved_tape.append(u[1:].copy())
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    # reverse sweep
    u_bar = 2.0 * burgers_bar * u
    for u_saved in reversed(u_saved_tape):
        u[1:] = u_saved
        product_bar = -u_bar[1:]
        difference_bar = product_bar * (dt * u[1:])
        u_bar[1:] += difference_bar
        u_bar[:-1] -= difference_bar
        u_bar[1:] += product_bar * (u[1:] - u[:-1]) * dt
    return u_bar
