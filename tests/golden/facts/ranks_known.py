# s2sad: wrt=x value=False signature=x: f8[n]
"""An array of known rank: its parts are arrays."""

import numpy as np


def ranks_known(x):
    d = x[1:] - x[:-1]
    return np.sum(d * d * x[0])


EXAMPLES = [(np.array([0.5, -0.2, 0.9]),)]
