# s2sad: wrt=W value=False signature=W: f8[d,q], xs: f8[t,n,d]
"""An array that only its parts are read of is not saved for its shape."""

import numpy as np


def saved_shapes(W, xs):
    h = np.zeros(xs.shape[1])
    for x in xs:
        z = x @ W
        h = np.tanh(h + np.tanh(z[:, 0]) * np.tanh(z[:, 1]))
    return np.sum(h)


EXAMPLES = [(np.array([[0.3, -0.2], [0.5, 0.1]]), np.arange(12.0).reshape(2, 3, 2) / 10.0), (np.ones((2, 2)), np.ones((0, 3, 2)))]
