import numpy as np
from s2sad.runtime import run_checkpointed


def heat_step(t, u, k, source):
    """One iteration of the loop in line 10."""
    flux = k * (u[1:] - u[:-1])
    u[1:-1] += flux[1:] - flux[:-1]
    u[...] = u * (1.0 + 0.1 * np.sin(u))
    u += source * t


def heat_grad(u, source, k, n, heat_bar=1.0):
    """Gradient of heat with respect to u and source."""
    # forward sweep
    u1 = u.copy()
    checkpoints = run_checkpointed(
        heat_step, range(n), stored=(u1,), constants=(k, source), memory="1GB"
    )
    # reverse sweep
    u_bar = np.zeros_like(u)
    source_bar = np.zeros_like(source)
    for t in reversed(range(n)):
        u = checkpoints.before(t)
        flux = k * (u[1:] - u[:-1])
        u[1:-1] += flux[1:] - flux[:-1]
        total = 1.0 + 0.1 * np.sin(u)
        u_saved = u[...].copy()
        u[...] = u * total
        u += source * t
        u_bar += 2.0 * heat_bar * u
        source_bar1 = u_bar * t
        u[...] = u_saved
        product_bar = u_bar[...].copy()
        u_bar[...] = 0.0
        u_bar += product_bar * total + product_bar * u * 0.1 * np.cos(u)
        difference_bar = u_bar[1:-1]
        flux_bar = np.zeros_like(flux)
        flux_bar[:-1] = -difference_bar
        flux_bar[1:] += difference_bar
        difference_bar = flux_bar * k
        u_bar[1:] += difference_bar
        u_bar[:-1] -= difference_bar
        source_bar += source_bar1
    return u_bar, source_bar
