# s2sad: wrt=row,s value=False signature=row: f8[m], s: float
"""Scalars and rows stored to many elements."""

import numpy as np


def broadcast_store(row, s):
    A = np.empty((3, len(row)))
    A[:] = row
    A[1, :] = s
    A[:, 0] += s * row[0]
    return np.sum(A**3)


EXAMPLES = [(np.array([1.0, -2.0, 0.3]), 0.7)]
