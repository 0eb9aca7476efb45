# s2sad: wrt=x,y value=False signature=x: f4[n], y: f4[n]
"""Single precision: no adjoint is brought back to it."""

import numpy as np


def precision_known(x, y):
    z = x * y
    return np.sum(z * z + x)


EXAMPLES = [(np.array([0.5, -0.2, 0.9], np.float32), np.array([0.3, 0.8, -0.4], np.float32))]
