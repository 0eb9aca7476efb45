# s2sad: wrt=x value=False signature=x: f8[n]
"""Integer bookkeeping around the active value."""

import numpy as np


def integers(x):
    best = 0
    for i in range(1, len(x)):
        if x[i] > x[best]:
            best = i
    count = int(np.sum(x > 0.0))
    return count * x[best] ** 2


EXAMPLES = [(np.array([0.7, -0.4, 1.2]),)]
