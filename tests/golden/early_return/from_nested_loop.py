# s2sad: wrt=A value=False signature=A: f8[n,m]
"""A return from two loops deep."""

import numpy as np


def from_nested_loop(A):
    p = 1.0
    for row in A:
        for v in row:
            if v < 0.0:
                return p * v
            p *= v
    return p


EXAMPLES = [(np.array([[0.7, 1.4], [1.2, -0.3]]),), (np.array([[0.7, 1.4], [1.2, 0.3]]),)]
