# s2sad: wrt=x,y value=False signature=x: f8[n], y: f8[n]
"""Two arrays in step, with a counter."""

import numpy as np


def zip_enumerate(x, y):
    s = 0.0
    for i, (a, b) in enumerate(zip(x, y)):
        s += i * a * b
    return s


EXAMPLES = [(np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.2, -0.1]))]
