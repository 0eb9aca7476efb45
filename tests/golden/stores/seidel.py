# s2sad: wrt=A value=False signature=A: f8[n,n], steps: int
"""Gauss-Seidel on elements: scalar loads and stores, linear, so again no tape."""

import numpy as np


def seidel(A, steps):
    A = A.copy()
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    return A.sum()


EXAMPLES = [(np.array([[1.0, 2, 3, 1], [4, 5, 6, 2], [7, 8, 9, 3], [1, 0, 2, 5]]), 2), (np.ones((2, 2)), 1)]
