# s2sad: wrt=x,w value=False signature=x: f8[n], w: f8[n]
"""`+=`, `*=` and `/=` on slices."""

import numpy as np


def augmented_slice(x, w):
    y = x * 1.0
    y[1:] += w[1:] * y[:-1]
    y[:2] *= w[:2]
    y[2] /= w[0]
    return np.sum(y * y)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]), np.array([0.5, 0.7, -1.3]))]
