# s2sad: wrt=W,h0 value=False signature=W: f8[m,m], x: f8[n,m], h0: f8[m]
"""The states stay in the rows of an array: nothing is saved."""

import numpy as np


def kept_states(W, x, h0):
    n = len(x)
    H = np.zeros((n + 1, len(h0)))
    H[0] = h0
    for t in range(n):
        H[t + 1] = np.tanh(W @ H[t] + x[t])
    return np.sum(H**2)


_RNG = np.random.default_rng(4)
EXAMPLES = [(_RNG.normal(size=(3, 3)), _RNG.normal(size=(n, 3)), _RNG.normal(size=3)) for n in (0, 1, 2, 5)]
