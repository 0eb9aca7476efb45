# s2sad: wrt=x,w value=False signature=x: f8[n], w: f8[k]
"""Each column of the adjoint is read once, so none is set to zero behind that."""

import numpy as np


def columns_once(x, w):
    scores = np.empty((len(x), len(w)))
    for j in range(len(w)):
        scores[:, j] = np.tanh(x * w[j])
    return np.sum(scores.max(axis=1) * scores.sum(axis=1))


EXAMPLES = [(np.array([0.3, -0.2, 0.6, 1.2]), np.array([0.2, 0.1, 0.9]))]
