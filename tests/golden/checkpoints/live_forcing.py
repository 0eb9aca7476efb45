# s2sad: wrt=force value=False signature=live
import numpy as np

from s2sad import checkpointed


def live_forcing(force, masses):
    """Arrays that a loop only reads are no part of its state."""
    x, v = 0.0, 1.0
    for f, m in checkpointed(zip(force, masses), slots=2):
        v = v + 0.1 * (f - np.sin(x)) / m
        x = x + 0.1 * v
    return x * v


EXAMPLES = [(np.array([0.1, -0.4, 0.6, 0.2]), np.array([1.0, 2.0, 0.5, 1.5])), (np.zeros(0), np.zeros(0))]
