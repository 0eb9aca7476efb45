# s2sad: wrt=x value=False signature=x: f8[n]
import numpy as np

from s2sad import adjoint_of


def first_element(x):
    """The adjoint is changed in place; what is put to zero is zero here anyway."""
    h = np.exp(x)
    with adjoint_of(h) as h_bar:
        h_bar[0] = 0.0
    with adjoint_of(x) as x_bar:
        x_bar[0] *= 1.0
    return np.sum(h[1:] * x[:-1])


EXAMPLES = [(np.array([0.4, 1.2, 0.7]),)]
