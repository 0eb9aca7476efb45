# s2sad: wrt=state value=False signature=state: f8[n], force: f8[n]
import numpy as np

from s2sad import adjoint_of


def clipped_steps(state, force, limit: float, n: int):
    """The adjoint of the state is kept short in each step of a loop; the limit is out of reach in the examples."""
    for _ in range(n):
        state = state + 0.1 * np.sin(force * state)
        with adjoint_of(state) as state_bar:
            length = np.linalg.norm(state_bar)
            if length > limit:
                state_bar *= limit / length
    return np.sum(state**2)


EXAMPLES = [
    (np.array([0.4, -1.2, 0.7]), np.array([1.0, 2.0, -0.5]), 100.0, 3),
    (np.array([0.4, -1.2]), np.array([1.0, 2.0]), 100.0, 0),
]
