import numpy as np


def clipped_steps_grad(state, force, limit, n, clipped_steps_bar=1.0):
    """Gradient of clipped_steps with respect to state."""
    # forward sweep
    product_tape = []
    for _ in range(n):
        product = force * state
        product_tape.append(product)
        state = state + 0.1 * np.sin(product)
    # reverse sweep
    state_bar = 2.0 * clipped_steps_bar * state
    for product in reversed(product_tape):
        state_bar = state_bar.copy()
        length = np.linalg.norm(state_bar)
        if length > limit:
            state_bar *= limit / length
        state_bar = state_bar + state_bar * 0.1 * np.cos(product) * force
    return state_bar
