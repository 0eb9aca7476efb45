import numpy as np


def clipped_steps_jvp(state, force, limit, n, *, state_dot):
    """Value of clipped_steps and its tangent along those of state."""
    for _ in range(n):
        product = force * state
        state = state + 0.1 * np.sin(product)
        state_dot = state_dot + state_dot * force * np.cos(product) * 0.1
    sum_ = np.sum(state**2)
    sum_dot = np.sum(state_dot * (2.0 * state))
    return sum_, sum_dot
