import numpy as np


def live_forcing_jvp(force, masses, *, force_dot):
    """Value of live_forcing and its tangent along those of force."""
    v = 1.0
    x = 0.0
    v_dot = 0.0
    x_dot = 0.0
    for i in range(len(force)):
        m = masses[i]
        v += 0.1 * (force[i] - np.sin(x)) / m
        v_dot += (force_dot[i] - x_dot * np.cos(x)) * 0.1 / m
        x += 0.1 * v
        x_dot += v_dot * 0.1
    product = x * v
    product_dot = x_dot * v + v_dot * x
    return product, product_dot
