# s2sad: wrt=x value=False
"""The same program as ranks_known, of arguments of which nothing is known."""

import numpy as np


def ranks_unknown(x):
    d = x[1:] - x[:-1]
    return np.sum(d * d * x[0])


EXAMPLES = [(np.array([0.5, -0.2, 0.9]),)]
