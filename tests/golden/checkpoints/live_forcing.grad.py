import numpy as np
from s2sad.runtime import run_checkpointed


def live_forcing_step(i, v, x, force, masses):
    """One iteration of the loop in line 10."""
    m = masses[i]
    v += 0.1 * (force[i] - np.sin(x)) / m
    x += 0.1 * v
    return v, x


def live_forcing_grad(force, masses, live_forcing_bar=1.0):
    """Gradient of live_forcing with respect to force."""
    # forward sweep
    n = len(force)
    v, x, checkpoints = run_checkpointed(
        live_forcing_step, range(n), state=(1.0, 0.0), constants=(force, masses), slots=2
    )
    # reverse sweep
    x_bar = live_forcing_bar * v
    v_bar = live_forcing_bar * x
    force_bar = np.zeros_like(force)
    for i in reversed(range(n)):
        _, x = checkpoints.before(i)
        m = masses[i]
        v_bar += x_bar * 0.1
        difference_bar = v_bar / m * 0.1
        force_bar[i] = difference_bar
        x_bar -= difference_bar * np.cos(x)
    return force_bar
