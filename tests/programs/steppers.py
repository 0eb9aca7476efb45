"""Time steppers: Thomas solver, ADI, FDTD, vertical advection with two sweeps, Crank-Nicolson as a class."""

import numpy as np

from tests.programs.case import Case


def thomas(lower, diag, upper, rhs):
    """Solve a tridiagonal system; the diagonal and the right-hand side are overwritten in copies."""
    n = len(diag)
    d = diag.copy()
    x = rhs.copy()
    for i in range(1, n):
        w = lower[i] / d[i - 1]
        d[i] -= w * upper[i - 1]
        x[i] -= w * x[i - 1]
    x[n - 1] /= d[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / d[i]
    return x


def thomas_loss(lower, diag, upper, rhs):
    return np.sum(thomas(lower, diag, upper, rhs) ** 2)


def adi(u, r, steps):
    """Alternating directions: implicit along rows, then along columns."""
    u = u.copy()
    m, n = u.shape
    for _ in range(steps):
        for i in range(m):
            u[i, :] = thomas(np.full(n, -r), np.full(n, 1.0 + 2.0 * r), np.full(n, -r), u[i, :])
        for j in range(n):
            u[:, j] = thomas(np.full(m, -r), np.full(m, 1.0 + 2.0 * r), np.full(m, -r), u[:, j])
    return np.sum(u**2)


def fdtd(ez, hx, hy, eps, steps):
    """Two-dimensional Maxwell equations on a staggered grid; the fields given are updated in place."""
    for t in range(steps):
        hx[:, :-1] -= 0.5 * (ez[:, 1:] - ez[:, :-1])
        hy[:-1, :] += 0.5 * (ez[1:, :] - ez[:-1, :])
        ez[1:, 1:] += 0.5 / eps[1:, 1:] * (hy[1:, 1:] - hy[:-1, 1:] - hx[1:, 1:] + hx[1:, :-1])
        ez[1, 1] += np.sin(0.3 * t)
    return np.sum(ez**2) + 0.5 * np.sum(hx * hy)


def vertical_advection(w, u, dt):
    """Implicit advection in columns: forward elimination and backward substitution over levels."""
    levels = u.shape[0]
    ccol = np.zeros_like(u)
    dcol = np.zeros_like(u)
    for k in range(levels):
        gav = -0.25 * w[k] if k > 0 else np.zeros_like(w[0])
        gcv = 0.25 * w[k + 1] if k < levels - 1 else np.zeros_like(w[0])
        bcol = 1.0 / dt - gav - gcv
        ccol[k] = gcv
        dcol[k] = u[k] / dt
        if k > 0:
            divided = 1.0 / (bcol - ccol[k - 1] * gav)
            ccol[k] *= divided
            dcol[k] = (dcol[k] - dcol[k - 1] * gav) * divided
        else:
            ccol[k] /= bcol
            dcol[k] /= bcol
    out = np.empty_like(u)
    out[-1] = dcol[-1]
    for k in reversed(range(levels - 1)):
        out[k] = dcol[k] - ccol[k] * out[k + 1]
    return np.sum((out - u) ** 2) + np.sum(out**3)


class CrankNicolson:
    """Heat equation with preallocated buffers that every step reuses."""

    def __init__(self, n, dx, dt, kappa):
        self.r = 0.5 * kappa * dt / dx**2
        self.rhs = np.empty(n)
        self.c = np.empty(n)

    def step(self, u):
        r, rhs, c = self.r, self.rhs, self.c
        n = u.size
        rhs[0], rhs[-1] = u[0], u[-1]
        rhs[1:-1] = u[1:-1] + r * (u[2:] - 2.0 * u[1:-1] + u[:-2])
        c[0] = 0.0
        for i in range(1, n - 1):
            m = 1.0 + 2.0 * r + r * c[i - 1]
            c[i] = -r / m
            rhs[i] = (rhs[i] + r * rhs[i - 1]) / m
        u[-1] = rhs[-1]
        for i in range(n - 2, -1, -1):
            u[i] = rhs[i] - c[i] * u[i + 1]


def crank_nicolson(u0, kappa, dt, steps):
    u = u0.copy()
    solver = CrankNicolson(u.size, 0.5, dt, kappa)
    for _ in range(steps):
        solver.step(u)
    return np.sum(u**2)


def bands(n):
    return lambda rng: (rng.normal(size=n), 4.0 + rng.normal(size=n), rng.normal(size=n), rng.normal(size=n))


def fields(m, n, steps):
    def make(rng):
        return (*(rng.normal(size=(m, n)) for _ in range(3)), rng.uniform(1.0, 2.0, size=(m, n)), steps)

    return make


CASES = [
    Case(thomas_loss, bands(5), ("lower", "diag", "upper", "rhs")),
    Case(thomas_loss, bands(2), ("lower", "diag", "upper", "rhs"), "two"),
    Case(thomas_loss, bands(1), ("diag", "rhs"), "one"),
    Case(adi, lambda rng: (rng.normal(size=(3, 4)), 0.3, 2), ("u", "r")),
    Case(adi, lambda rng: (rng.normal(size=(1, 2)), 0.3, 1), ("u", "r"), "thin"),
    Case(adi, lambda rng: (rng.normal(size=(2, 2)), 0.3, 0), ("u", "r"), "no-steps"),
    Case(fdtd, fields(3, 4, 3), ("ez", "hx", "hy", "eps")),
    Case(fdtd, fields(2, 2, 1), ("ez", "hx", "eps"), "one"),
    Case(fdtd, fields(2, 2, 0), ("ez", "hx"), "no-steps"),
    Case(
        vertical_advection,
        lambda rng: (rng.normal(size=(4, 2)), rng.normal(size=(4, 2)), 0.3),
        ("w", "u", "dt"),
    ),
    Case(
        vertical_advection, lambda rng: (rng.normal(size=(1, 2)), rng.normal(size=(1, 2)), 0.3), ("u",), "one"
    ),
    Case(crank_nicolson, lambda rng: (rng.normal(size=6), 0.8, 0.1, 3), ("u0", "kappa", "dt")),
    Case(crank_nicolson, lambda rng: (rng.normal(size=2), 0.8, 0.1, 1), ("u0",), "no-interior"),
    Case(crank_nicolson, lambda rng: (rng.normal(size=3), 0.8, 0.1, 1), ("u0", "kappa"), "one"),
    Case(crank_nicolson, lambda rng: (rng.normal(size=4), 0.8, 0.1, 0), ("u0", "dt"), "no-steps"),
]
