"""The gradient of `burgers` written by hand: what the emitted one is measured against."""


def burgers_grad(u, dt, steps, burgers_bar=1.0):
    u = u.copy()
    # forward sweep
    u_tape = []
    for _ in range(steps):
        u_tape.append(u[1:].copy())
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    # reverse sweep
    u_bar = burgers_bar * (2.0 * u)
    for saved in reversed(u_tape):
        u[1:] = saved
        flux_bar = -(dt * u_bar[1:])
        difference_bar = flux_bar * u[1:]
        u_bar[1:] += flux_bar * (u[1:] - u[:-1])
        u_bar[1:] += difference_bar
        u_bar[:-1] -= difference_bar
    return u_bar
