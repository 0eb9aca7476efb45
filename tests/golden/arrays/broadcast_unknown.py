# s2sad: wrt=x,y value=False
"""Nothing is known about the operands: a helper undoes broadcasting at run time."""

import numpy as np


def broadcast_unknown(x, y):
    return np.sum(x * y + y)


EXAMPLES = [(np.array([1.0, 2.0]), 3.0), (2.0, 3.0), (np.ones((2, 3)), np.array([1.0, 2.0, 3.0]))]
