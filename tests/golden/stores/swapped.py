# s2sad: wrt=u value=False signature=u: f8[n], steps: int
"""Two buffers that change names every step."""

import numpy as np


def swapped(u, steps):
    a = u.copy()
    b = np.zeros_like(a)
    for _ in range(steps):
        b[:] = a * a - 0.1 * a[::-1]
        a, b = b, a
    return np.sum(a)


EXAMPLES = [(np.array([0.5, -0.2, 0.3]), 3), (np.array([0.5, -0.2, 0.3]), 0)]
