# s2sad: wrt=x,centre,L value=False signature=x: f8[n,d], centre: f8[d], L: f8[d,d]
"""What is added up over all rows is added up before it is multiplied by a matrix; factors and signs go to the numbers."""

import numpy as np


def summed_before(x, centre, L):
    z = (x - centre) @ L.T
    return -0.5 * np.sum(z**2)


EXAMPLES = [(np.array([[0.3, -0.2], [0.1, 0.7], [1.2, 0.4]]), np.array([0.2, 0.1]), np.array([[1.1, 0.0], [-0.4, 0.8]]))]
