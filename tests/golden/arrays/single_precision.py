# s2sad: wrt=x value=False signature=x: f4[n]
"""float32 in, float32 out."""

import numpy as np


def single_precision(x):
    return np.sum(x * x)


EXAMPLES = [(np.array([1.0, -2.0, 0.5], dtype=np.float32),)]
