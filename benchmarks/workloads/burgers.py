"""Burgers' equation, upwind, in place: a nonlinear stencil in one dimension, which needs a tape."""

from __future__ import annotations

import numpy as np

from .case import Workload


def burgers(u, dt, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    return np.sum(u**2)


def by_hand(u, dt, steps):
    u = u.copy()
    tape = []
    for _ in range(steps):
        tape.append(u[1:].copy())
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    value = np.sum(u**2)
    # reverse sweep
    u_bar = 2.0 * u
    for saved in reversed(tape):
        u[1:] = saved
        flux_bar = dt * u_bar[1:]
        difference_bar = flux_bar * u[1:]
        u_bar[1:] -= flux_bar * (u[1:] - u[:-1])
        u_bar[1:] -= difference_bar
        u_bar[:-1] += difference_bar
    return value, u_bar


def by_hand_numba(u, dt, steps):
    n = len(u)
    levels = np.empty((steps + 1, n))
    levels[0] = u
    for step in range(steps):
        now, after = levels[step], levels[step + 1]
        after[0] = now[0]
        for i in range(1, n):
            after[i] = now[i] - dt * now[i] * (now[i] - now[i - 1])
    value = 0.0
    for i in range(n):
        value += levels[steps, i] ** 2
    # reverse sweep
    u_bar = 2.0 * levels[steps]
    for step in range(steps - 1, -1, -1):
        now = levels[step]
        u_bar[0] += dt * u_bar[1] * now[1]
        for i in range(1, n - 1):
            u_bar[i] += dt * (u_bar[i + 1] * now[i + 1] - u_bar[i] * (2.0 * now[i] - now[i - 1]))
        u_bar[n - 1] -= dt * u_bar[n - 1] * (2.0 * now[n - 1] - now[n - 2])
    return value, u_bar


def functional(np):
    def burgers(u, dt, steps):
        for _ in range(steps):
            u = np.concatenate([u[:1], u[1:] - dt * u[1:] * (u[1:] - u[:-1])])
        return np.sum(u**2)

    return burgers


def for_jax(jax):
    def burgers(u, dt, steps):
        def step(u, _):
            return u.at[1:].add(-dt * u[1:] * (u[1:] - u[:-1])), None

        return jax.numpy.sum(jax.lax.scan(step, u, None, length=steps)[0] ** 2)

    return burgers


def workloads() -> list[Workload]:
    u = 0.1 * np.sin(np.linspace(0.0, 3.0, 2000)) + 0.15
    return [Workload(burgers, "n = 2,000, 100 steps", (u, 0.05, 100), ("u",), "arrays", statics=(2,))]
