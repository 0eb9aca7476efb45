# s2sad: wrt=x,A value=False signature=x: f8[n], A: f8[n,n]
"""einsum with a repeated operand."""

import numpy as np


def bilinear_einsum(x, A):
    return np.einsum("i,ij,j->", x, A, x)


EXAMPLES = [(np.array([1.2, -2.0]), np.array([[0.5, 0.6], [0.7, 0.1]]))]
