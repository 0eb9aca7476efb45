# s2sad: wrt=x value=False signature=x: f8[n,m]
"""Reductions along an axis, in the method spelling."""

import numpy as np


def axis_methods(x):
    centred = x - x.mean(axis=0)
    scale = centred.sum(axis=1, keepdims=True)
    return (centred * scale).sum() + x.max() * x.prod(axis=1).sum()


EXAMPLES = [(np.array([[1.2, -2.0], [0.5, 0.6], [0.7, 0.1]]),)]
