# s2sad: wrt=A,row,column value=False signature=A: f8[n,m], row: f8[m], column: f8[n,1]
"""Rows and columns broadcast against a matrix: each adjoint sums its own axis."""

import numpy as np


def broadcast_rows(A, row, column):
    return np.sum((A * row + column) ** 2)


EXAMPLES = [
    (np.array([[1.0, 2.0, 3.0], [0.3, -1.0, 0.2]]), np.array([0.5, -2.0, 1.0]), np.array([[0.5], [1.5]]))
]
