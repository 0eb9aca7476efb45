# s2sad: wrt=A,x value=False signature=A: f8[n,n], x: f8[n]
"""Matrix-vector and vector-vector products."""

import numpy as np


def quadratic_form(A, x):
    return x @ A @ x


EXAMPLES = [(np.array([[1.0, 2.0], [0.3, -1.0]]), np.array([0.5, -2.0]))]
