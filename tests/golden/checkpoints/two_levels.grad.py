import numpy as np
from s2sad.runtime import run_checkpointed


def two_levels_step(i, x, m):
    """One iteration of the loop in line 8."""
    for _ in range(m):
        x = np.sin(x) + 0.1 * i
    x *= x
    return x


def two_levels_step_2(i, x, i_2):
    """One iteration of the loop in line 9."""
    x = np.sin(x) + 0.1 * i_2
    return x


def two_levels_grad(x, n, m, k, two_levels_bar=1.0):
    """Gradient of two_levels with respect to x."""
    _, checkpoints = run_checkpointed(
        two_levels_step, range(n), state=(x,), constants=(m,), slots=k
    )
    x_bar = two_levels_bar
    for i in reversed(range(n)):
        x = checkpoints.before(i)
        x, checkpoints1 = run_checkpointed(two_levels_step_2, range(m), state=(x,), constants=(i,))
        x_bar = 2.0 * x_bar * x
        for i in reversed(range(m)):
            x = checkpoints1.before(i)
            x_bar *= np.cos(x)
    return x_bar
