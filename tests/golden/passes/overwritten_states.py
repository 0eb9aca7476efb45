# s2sad: wrt=x value=False signature=x: f8[n]
"""What another store writes over is saved; what no other store reaches is loaded again."""

import numpy as np


def overwritten_states(x):
    n = len(x)
    y = np.zeros(n)
    z = np.zeros(n)
    for i in range(n):
        y[i] = np.exp(x[i])
        z[i] = np.exp(-x[i])
    for i in range(0, n, 2):
        y[i] = np.sin(z[i])
    return np.sum(y * z)


EXAMPLES = [(np.linspace(0.3, 1.2, n),) for n in (0, 1, 2, 5)]
