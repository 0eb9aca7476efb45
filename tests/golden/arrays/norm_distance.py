# s2sad: wrt=x,y value=False signature=x: f8[n], y: f8[n]
"""A vector norm of a difference."""

import numpy as np


def norm_distance(x, y):
    return np.linalg.norm(x - y)


EXAMPLES = [(np.array([1.2, -2.0]), np.array([0.5, 0.6]))]
