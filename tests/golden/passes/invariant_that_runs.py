# s2sad: wrt=x,k value=False signature=x: float, k: float
"""This loop certainly runs: what may raise an error would have done so."""

import math


def invariant_that_runs(x, k):
    for _ in range(4):
        x = x * math.exp(-k) + math.sqrt(k) / 2.0
    return x


EXAMPLES = [(0.8, 1.5)]
