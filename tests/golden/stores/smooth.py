# s2sad: wrt=u value=False signature=u: f8[n], steps: int
"""Linear in-place stencil: no forward sweep, no tape, shadow array updated in place."""

import numpy as np


def smooth(u, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] = (u[:-2] + u[1:-1] + u[2:]) / 3.0
    return u.sum()


EXAMPLES = [
    (np.array([1.0, -2.0, 0.3, 0.7, 1.1]), 3),
    (np.array([1.0, -2.0, 0.3]), 0),
    (np.array([1.0, -2.0]), 2),
]
