# s2sad: wrt=u value=False signature=u: f8[n], dt: float, steps: int
"""Nonlinear in-place update: only the overwritten slice is saved, then restored."""

import numpy as np


def burgers(u, dt, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    return np.sum(u**2)


EXAMPLES = [(np.array([1.0, -2.0, 0.3, 0.7]), 0.05, 4), (np.array([1.0, -2.0]), 0.05, 0)]
