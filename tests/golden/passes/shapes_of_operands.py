# s2sad: wrt=x value=True signature=x: f8[n,m]
"""A shape that an adjoint asks for is taken from what the array was made of, which is there anyway."""

import numpy as np


def shapes_of_operands(x):
    return np.mean((x * x - 2.0) ** 3) + np.sum(np.exp(np.sum(x**2, axis=1)))


EXAMPLES = [(np.array([[0.3, -0.2, 0.5], [0.1, 0.7, -0.4]]),)]
