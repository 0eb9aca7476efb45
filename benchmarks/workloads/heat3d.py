"""The heat equation in three dimensions, in place, with its conductivity as a parameter."""

from __future__ import annotations

import numpy as np

from .case import Workload


def heat3d(u, kappa, dt, steps):
    u = u.copy()
    for _ in range(steps):
        lap = (
            u[2:, 1:-1, 1:-1]
            + u[:-2, 1:-1, 1:-1]
            + u[1:-1, 2:, 1:-1]
            + u[1:-1, :-2, 1:-1]
            + u[1:-1, 1:-1, 2:]
            + u[1:-1, 1:-1, :-2]
            - 6.0 * u[1:-1, 1:-1, 1:-1]
        )
        u[1:-1, 1:-1, 1:-1] += dt * kappa * lap
    return np.mean(u**2)


def by_hand(u, kappa, dt, steps):
    u = u.copy()
    tape = []
    for _ in range(steps):
        lap = (
            u[2:, 1:-1, 1:-1]
            + u[:-2, 1:-1, 1:-1]
            + u[1:-1, 2:, 1:-1]
            + u[1:-1, :-2, 1:-1]
            + u[1:-1, 1:-1, 2:]
            + u[1:-1, 1:-1, :-2]
            - 6.0 * u[1:-1, 1:-1, 1:-1]
        )
        tape.append(lap)
        u[1:-1, 1:-1, 1:-1] += dt * kappa * lap
    value = np.mean(u**2)
    # reverse sweep
    u_bar, kappa_bar = 2.0 / u.size * u, 0.0
    while tape:
        lap_bar = dt * u_bar[1:-1, 1:-1, 1:-1]
        kappa_bar += np.sum(lap_bar * tape.pop())
        lap_bar *= kappa
        u_bar[2:, 1:-1, 1:-1] += lap_bar
        u_bar[:-2, 1:-1, 1:-1] += lap_bar
        u_bar[1:-1, 2:, 1:-1] += lap_bar
        u_bar[1:-1, :-2, 1:-1] += lap_bar
        u_bar[1:-1, 1:-1, 2:] += lap_bar
        u_bar[1:-1, 1:-1, :-2] += lap_bar
        lap_bar *= 6.0
        u_bar[1:-1, 1:-1, 1:-1] -= lap_bar
    return value, (u_bar, kappa_bar)


def by_hand_numba(u, kappa, dt, steps):
    """Every level is kept; the adjoint gathers, from levels with a rim of zeros, that of the edges apart."""
    depth, m, n = u.shape
    levels = np.empty((steps + 1, depth, m, n))
    levels[:] = u
    rate = dt * kappa
    for step in range(steps):
        a, b = levels[step], levels[step + 1]
        for i in range(1, depth - 1):
            for j in range(1, m - 1):
                for k in range(1, n - 1):
                    around = a[i + 1, j, k] + a[i - 1, j, k] + a[i, j + 1, k] + a[i, j - 1, k] + a[i, j, k + 1] + a[i, j, k - 1]
                    b[i, j, k] = a[i, j, k] + rate * (around - 6.0 * a[i, j, k])
    value = np.mean(levels[steps] ** 2)
    # reverse sweep
    u_bar = 2.0 / u.size * levels[steps]
    now, after = np.zeros_like(u), np.zeros_like(u)
    now[1:-1, 1:-1, 1:-1] = u_bar[1:-1, 1:-1, 1:-1]
    sum_bar = 0.0
    for step in range(steps - 1, -1, -1):
        a, b = levels[step], levels[step + 1]
        u_bar[0] += rate * now[1]
        u_bar[depth - 1] += rate * now[depth - 2]
        u_bar[:, 0] += rate * now[:, 1]
        u_bar[:, m - 1] += rate * now[:, m - 2]
        u_bar[:, :, 0] += rate * now[:, :, 1]
        u_bar[:, :, n - 1] += rate * now[:, :, n - 2]
        for i in range(1, depth - 1):
            for j in range(1, m - 1):
                for k in range(1, n - 1):
                    v = now[i, j, k]
                    sum_bar += v * (b[i, j, k] - a[i, j, k])
                    around = now[i + 1, j, k] + now[i - 1, j, k] + now[i, j + 1, k]
                    around += now[i, j - 1, k] + now[i, j, k + 1] + now[i, j, k - 1]
                    after[i, j, k] = v + rate * (around - 6.0 * v)
        now, after = after, now
    u_bar[1:-1, 1:-1, 1:-1] = now[1:-1, 1:-1, 1:-1]
    return value, (u_bar, sum_bar / kappa)


def functional(np):
    def heat3d(u, kappa, dt, steps):
        for _ in range(steps):
            centre = u[1:-1, 1:-1, 1:-1]
            lap = u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
            lap = lap + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2] - 6.0 * centre
            inner = centre + dt * kappa * lap
            for axis, rest in ((2, u[1:-1, 1:-1]), (1, u[1:-1]), (0, u)):
                first = rest[(slice(None),) * axis + (slice(0, 1),)]
                last = rest[(slice(None),) * axis + (slice(-1, None),)]
                inner = np.concatenate([first, inner, last], axis=axis)
            u = inner
        return np.mean(u**2)

    return heat3d


def for_jax(jax):
    def heat3d(u, kappa, dt, steps):
        def step(u, _):
            centre = u[1:-1, 1:-1, 1:-1]
            lap = u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
            lap = lap + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2] - 6.0 * centre
            return u.at[1:-1, 1:-1, 1:-1].add(dt * kappa * lap), None

        return jax.numpy.mean(jax.lax.scan(step, u, None, length=steps)[0] ** 2)

    return heat3d


def for_torch(torch):
    def heat3d(u, kappa, dt, steps):
        u = u.clone()
        for _ in range(steps):
            centre = u[1:-1, 1:-1, 1:-1]
            lap = u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1] + u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
            lap = lap + u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2] - 6.0 * centre
            u[1:-1, 1:-1, 1:-1] += dt * kappa * lap
        return torch.mean(u**2)

    return heat3d


def workloads() -> list[Workload]:
    args = (np.random.default_rng(11).normal(size=(32, 32, 32)), 0.7, 0.05, 20)
    return [Workload(heat3d, "32³, 20 steps", args, ("u", "kappa"), "arrays", statics=(3,))]
