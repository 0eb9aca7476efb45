# s2sad: wrt=x value=False signature=x: f8[n]
import numpy as np

from s2sad import adjoint_of


def restored_memory(x):
    """A block sees the array `seen` as it was when the forward sweep passed it."""
    seen = np.zeros(3)
    total = 0.0
    for i in range(3):
        seen[i] = x[i] ** 2
        term = x[i] * np.sum(seen)
        with adjoint_of(term) as term_bar:
            print(i, seen, term_bar)
        total += term
    return total


EXAMPLES = [(np.array([0.4, 1.2, 0.7]),)]
