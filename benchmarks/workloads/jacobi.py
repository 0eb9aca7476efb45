"""Jacobi relaxation of Poisson's equation in two dimensions: a linear stencil, which needs no tape."""

from __future__ import annotations

import numpy as np

from .case import Workload


def jacobi(u, f, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
    return np.sum(u**2)


def by_hand(u, f, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
    value = np.sum(u**2)
    # reverse sweep
    u_bar, f_bar = 2.0 * u, np.zeros_like(f)
    for _ in range(steps):
        mean_bar = 0.25 * u_bar[1:-1, 1:-1]
        u_bar[1:-1, 1:-1] = 0.0
        u_bar[:-2, 1:-1] += mean_bar
        u_bar[2:, 1:-1] += mean_bar
        u_bar[1:-1, :-2] += mean_bar
        u_bar[1:-1, 2:] += mean_bar
        f_bar[1:-1, 1:-1] -= mean_bar
    return value, (u_bar, f_bar)


def by_hand_numba(u, f, steps):
    """Two grids in turn. The adjoint gathers: of each element, from its neighbours in the interior."""
    m, n = u.shape
    now, after = u.copy(), u.copy()
    for _ in range(steps):
        for i in range(1, m - 1):
            for j in range(1, n - 1):
                after[i, j] = 0.25 * (now[i - 1, j] + now[i + 1, j] + now[i, j - 1] + now[i, j + 1] - f[i, j])
        now, after = after, now
    value = np.sum(now**2)
    # reverse sweep, the adjoint of the interior apart from that of the edges
    u_bar, f_bar = 2.0 * now, np.zeros_like(f)
    now[:], after[:] = 0.0, 0.0
    now[1:-1, 1:-1] = u_bar[1:-1, 1:-1]
    for _ in range(steps):
        for j in range(1, n - 1):
            u_bar[0, j] += 0.25 * now[1, j]
            u_bar[m - 1, j] += 0.25 * now[m - 2, j]
        for i in range(1, m - 1):
            u_bar[i, 0] += 0.25 * now[i, 1]
            u_bar[i, n - 1] += 0.25 * now[i, n - 2]
            for j in range(1, n - 1):
                f_bar[i, j] -= 0.25 * now[i, j]
                after[i, j] = 0.25 * (now[i - 1, j] + now[i + 1, j] + now[i, j - 1] + now[i, j + 1])
        now, after = after, now
    u_bar[1:-1, 1:-1] = now[1:-1, 1:-1]
    return value, (u_bar, f_bar)


def functional(np):
    def jacobi(u, f, steps):
        for _ in range(steps):
            inner = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
            middle = np.concatenate([u[1:-1, :1], inner, u[1:-1, -1:]], axis=1)
            u = np.concatenate([u[:1], middle, u[-1:]], axis=0)
        return np.sum(u**2)

    return jacobi


def for_jax(jax):
    def jacobi(u, f, steps):
        def step(u, _):
            inner = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
            return u.at[1:-1, 1:-1].set(inner), None

        return jax.numpy.sum(jax.lax.scan(step, u, None, length=steps)[0] ** 2)

    return jacobi


def for_torch(torch):
    def jacobi(u, f, steps):
        u = u.clone()
        for _ in range(steps):
            u[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - f[1:-1, 1:-1])
        return torch.sum(u**2)

    return jacobi


def workloads() -> list[Workload]:
    rng = np.random.default_rng(10)
    args = (rng.normal(size=(128, 128)), rng.normal(size=(128, 128)), 50)
    return [Workload(jacobi, "128 × 128, 50 steps", args, ("u", "f"), "arrays", statics=(2,))]
