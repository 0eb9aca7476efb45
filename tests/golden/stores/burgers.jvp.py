import numpy as np


def burgers_jvp(u, dt, steps, *, u_dot):
    """Value of burgers and its tangent along those of u."""
    u = u.copy()
    u_dot = u_dot.copy()
    for _ in range(steps):
        product = dt * u[1:]
        difference = u[1:] - u[:-1]
        product_dot = u_dot[1:] * dt * difference
        u_dot[1:] -= product_dot + (u_dot[1:] - u_dot[:-1]) * product
        u[1:] -= product * difference
    sum_ = np.sum(u**2)
    sum_dot = np.sum(u_dot * (2.0 * u))
    return sum_, sum_dot
