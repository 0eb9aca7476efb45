# s2sad: wrt=a value=False signature=a: f8[m]
import numpy as np

from s2sad import checkpoint


@checkpoint
def relax(a, k):
    change = 0.0
    for i in range(1, len(a)):
        old = a[i]
        a[i] = 0.5 * (a[i - 1] + k * old**2)
        change += (a[i] - old) ** 2
    return change


def storing_block(a, k: float):
    first = relax(a, k)
    return first * relax(a, k) + np.sum(a)


EXAMPLES = [(np.array([0.4, 0.8, 0.3]), 1.1), (np.array([0.4]), 1.1)]
