# s2sad: wrt=x,y value=False signature=x: f8[n], y: f8[n]
"""clip, maximum, minimum, abs."""

import numpy as np


def clipping(x, y):
    return np.sum(np.clip(x, -1.0, 1.0) * y) + np.sum(np.maximum(x, y)) - np.sum(np.minimum(np.abs(x), 0.5))


EXAMPLES = [(np.array([1.2, -2.0, 0.3]), np.array([0.5, 0.6, 0.7]))]
