# s2sad: wrt=x value=False signature=k: float
import numpy as np

from s2sad import adjoint_of


def unknown_types(x, k):
    """Without types, the adjoint is brought to the shape of its variable for the block, and checked behind it."""
    h = np.sin(k * x)
    with adjoint_of(h) as h_bar:
        h_bar = np.clip(h_bar, -10.0, 10.0)
    return np.sum(h * x)


EXAMPLES = [(np.array([0.4, 1.2, 0.7]), 0.5), (np.array([[0.4], [1.2]]), 2.0)]
