# s2sad: wrt=A,x value=False signature=A: f8[n,m], x: f8[m]
"""A matrix-vector product element by element."""

import numpy as np


def nested_loops(A, x):
    total = 0.0
    for i in range(A.shape[0]):
        row = 0.0
        for j in range(A.shape[1]):
            row += A[i, j] * x[j]
        total += row * row
    return total


EXAMPLES = [
    (np.array([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0]]), np.array([0.5, -1.0, 2.0])),
    (np.zeros((0, 2)), np.ones(2)),
]
