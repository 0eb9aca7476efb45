import numpy as np
from s2sad.runtime import run_checkpointed


def two_blocks_step(i, x):
    """One iteration of the loop in line 9."""
    x = x + 0.1 * np.sin(x)
    return x


def two_blocks_grad(x, n, two_blocks_bar=1.0):
    """Gradient of two_blocks with respect to x."""
    x, checkpoints = run_checkpointed(two_blocks_step, range(n), state=(x,), slots=2)
    x_bar = np.zeros_like(x)
    x_bar[0] = two_blocks_bar
    print("behind the sum:", x_bar)
    x_bar = x_bar + 2.0 * two_blocks_bar * x
    for i in reversed(range(n)):
        x = checkpoints.before(i)
        print("step", i, np.max(x_bar))
        x_bar = x_bar + x_bar * 0.1 * np.cos(x)
    return x_bar
