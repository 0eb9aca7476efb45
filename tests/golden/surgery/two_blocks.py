# s2sad: wrt=x value=False signature=x: f8[n]
import numpy as np

from s2sad import adjoint_of, checkpointed


def two_blocks(x, n: int):
    """Blocks run in reverse order, also of a loop that keeps a few of its states only."""
    for i in checkpointed(range(n), slots=2):
        x = x + 0.1 * np.sin(x)
        with adjoint_of(x) as x_bar:
            print("step", i, np.max(x_bar))
    y = np.sum(x**2)
    with adjoint_of(x) as x_bar:
        print("behind the sum:", x_bar)
    return y + x[0]


EXAMPLES = [(np.array([0.4, 1.2]), 5), (np.array([0.4, 1.2]), 0)]
