# s2sad: wrt=u,source value=False signature=u: f8[m], source: f8[m]
import numpy as np

from s2sad import checkpointed


def heat(u, source, k: float, n: int):
    """A stencil that is stored to in place, with a state in an array and a number that is not part of it."""
    total = 0.0
    for t in checkpointed(range(n), memory="1GB"):
        flux = k * (u[1:] - u[:-1])
        u[1:-1] += flux[1:] - flux[:-1]
        u *= 1.0 + 0.1 * np.sin(u)
        u += source * t
        total += np.sum(u**2)
    return total


EXAMPLES = [
    (np.array([0.2, 0.9, 0.4, 1.3]), np.array([0.1, 0.0, -0.2, 0.3]), 0.2, 0),
    (np.array([0.2, 0.9, 0.4, 1.3]), np.array([0.1, 0.0, -0.2, 0.3]), 0.2, 1),
    (np.array([0.2, 0.9, 0.4, 1.3, 0.7]), np.array([0.1, 0.0, -0.2, 0.3, 0.4]), 0.2, 5),
]
