# s2sad: wrt=x value=False signature=x: f8[n]
"""Names that were imported under another name."""

from math import sqrt as root

from numpy.linalg import norm
import numpy as xp


def import_aliases(x):
    return root(xp.sum(x * x)) * norm(x) + xp.linalg.norm(x)


EXAMPLES = [(xp.array([0.7, -1.3]),)]
