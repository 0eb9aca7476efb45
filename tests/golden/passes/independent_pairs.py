# s2sad: wrt=x,a value=False signature=x: f8[n,3], a: float
"""Pairs of rows: both loops of the nest are shared by the sweeps; the order of the sums is that of the reverse sweep."""

import numpy as np


def independent_pairs(x, a):
    energy = 0.0
    for i in range(len(x)):
        for j in range(i):
            d = x[i] - x[j]
            r2 = d @ d + a
            energy += 1.0 / r2**3
    return energy


EXAMPLES = [(np.array([[0.1, 0.2, 0.3], [1.0, -0.4, 0.2], [-0.3, 0.8, 0.5]]), 0.3)]
