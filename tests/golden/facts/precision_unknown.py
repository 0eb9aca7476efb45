# s2sad: wrt=x,y value=False
"""The same program as precision_known, of arguments of which nothing is known."""

import numpy as np


def precision_unknown(x, y):
    z = x * y
    return np.sum(z * z + x)


EXAMPLES = [(np.array([0.5, -0.2, 0.9], np.float32), np.array([0.3, 0.8, -0.4], np.float32))]
