# s2sad: wrt=A,b value=False signature=A: f8[n,n], b: f8[n]
"""The adjoint of a solve is a solve with the transpose."""

import numpy as np


def linear_system(A, b):
    x = np.linalg.solve(A, b)
    return np.sum(x * x)


EXAMPLES = [(np.array([[2.5, 0.6], [0.7, 3.1]]), np.array([1.2, -2.0]))]
