# s2sad: wrt=x,k value=False signature=x: float, k: float, n: int
"""`math.exp` may raise an error, and the loop may run no iteration: it stays in the loop, but on no tape."""

import math


def invariant_that_may_raise(x, k, n):
    for _ in range(n):
        x = x * math.exp(-k) + k / 2.0
    return x


EXAMPLES = [(0.8, 1.5, 4), (0.8, -1e4, 0)]
