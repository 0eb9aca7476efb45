# s2sad: wrt=x,y value=False signature=x: f8[n], y: f8[m]
"""concatenate and stack."""

import numpy as np


def joining(x, y):
    long = np.concatenate([x, y * y, x])
    pair = np.stack([x, 2.0 * x])
    return np.sum(long**2) + np.sum(pair[0] * pair[1])


EXAMPLES = [(np.array([1.2, -2.0]), np.array([0.5, 0.6, 0.7]))]
