# s2sad: wrt=A value=True signature=A: f8[n,n]
"""Every element is stored once and keeps its value: the factor itself is all that the reverse sweep needs."""

import math

import numpy as np


def triangle(A):
    n = len(A)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j] + (n if i == j else 0.0)
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return np.sum(np.log(np.diag(L)))


_A = np.random.default_rng(3).uniform(-1.0, 1.0, (4, 4))
EXAMPLES = [(_A + _A.T,), (_A[:1, :1] + 0.5,), (np.empty((0, 0)),)]
