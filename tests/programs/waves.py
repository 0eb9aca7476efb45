"""Hyperbolic problems: leapfrog with three rotating buffers, fluxes with limiters and `out=`, lattice Boltzmann."""

import numpy as np

from tests.programs.case import Case


def leapfrog(u0, speed, dt, steps):
    """The wave equation: previous, current and next level, rotated instead of copied."""
    previous, current = u0.copy(), u0.copy()
    following = np.zeros_like(u0)
    courant = (speed * dt) ** 2
    for _ in range(steps):
        following[1:-1] = 2.0 * current[1:-1] - previous[1:-1]
        following[1:-1] += courant[1:-1] * (current[2:] - 2.0 * current[1:-1] + current[:-2])
        following[0], following[-1] = 0.0, following[-2]
        previous, current, following = current, following, previous
    return np.sum(current**2) + np.sum(current * previous)


def wave_levels(u0, dt, steps):
    """The levels in one array with a leading axis of three that is indexed modulo three."""
    levels = np.zeros((3, *u0.shape))
    levels[0] = levels[1] = u0
    for n in range(1, steps + 1):
        old, now, new = levels[(n - 1) % 3], levels[n % 3], levels[(n + 1) % 3]
        new[:] = 2.0 * now - old
        new[1:-1, 1:-1] += dt**2 * (
            now[2:, 1:-1] + now[:-2, 1:-1] + now[1:-1, 2:] + now[1:-1, :-2] - 4.0 * now[1:-1, 1:-1] * (1.0 + now[1:-1, 1:-1])
        )
    return np.sum(levels[(steps + 1) % 3] ** 2)


def minmod(a, b):
    return np.where(a * b > 0.0, np.where(np.abs(a) < np.abs(b), a, b), 0.0)


def conservation_law(u, dt, steps):
    """Burgers with limited slopes and Godunov fluxes, the temporaries preallocated and filled by `out=`."""
    n = len(u)
    u = np.array(u)
    slope, flux = np.zeros(n), np.zeros(n - 1)
    left, right = np.zeros(n - 1), np.zeros(n - 1)
    for _ in range(steps):
        slope[1:-1] = minmod(u[1:-1] - u[:-2], u[2:] - u[1:-1])
        np.add(u[:-1], 0.5 * slope[:-1], out=left)
        np.subtract(u[1:], 0.5 * slope[1:], out=right)
        shock = np.where(left + right > 0.0, 0.5 * left**2, 0.5 * right**2)
        fan = np.where(left > 0.0, 0.5 * left**2, np.where(right < 0.0, 0.5 * right**2, 0.0))
        flux[:] = np.where(left > right, shock, fan)
        u[1:-1] -= dt * (flux[1:] - flux[:-1])
    return np.sum(u**2)


def shallow_water(h, hu, g, dt, steps):
    """Lax-Friedrichs for two fields, with ghost cells that are refreshed each step."""
    H, Q = np.zeros(len(h) + 2), np.zeros(len(h) + 2)
    H[1:-1], Q[1:-1] = h, hu
    for _ in range(steps):
        for field, sign in ((H, 1.0), (Q, -1.0)):
            field[0] = sign * field[1]
            field[-1] = sign * field[-2]
        momentum = Q**2 / H + 0.5 * g * H**2
        H[1:-1], Q[1:-1] = (
            0.5 * (H[2:] + H[:-2]) - 0.5 * dt * (Q[2:] - Q[:-2]),
            0.5 * (Q[2:] + Q[:-2]) - 0.5 * dt * (momentum[2:] - momentum[:-2]),
        )
    return np.sum(H[1:-1] ** 2) + np.sum(Q[1:-1] ** 2 / H[1:-1])


DIRECTIONS = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
WEIGHTS = [1.0 / 3.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0, 1.0 / 6.0]


def lattice_boltzmann(rho, omega, solid, steps):
    """D2Q5 diffusion: populations streamed by `np.roll`, bounced back where the mask says."""
    f = np.stack([w * rho for w in WEIGHTS])
    for _ in range(steps):
        density = f.sum(axis=0)
        for k, w in enumerate(WEIGHTS):
            f[k] += omega * (w * density * (1.0 + 0.1 * (1.0 - density)) - f[k])
        for k, (dx, dy) in enumerate(DIRECTIONS):
            f[k] = np.roll(f[k], (dx, dy), axis=(0, 1))
        bounced = f[:, solid]
        f[:, solid] = bounced[[0, 2, 1, 4, 3]]
    return np.sum(f.sum(axis=0) ** 2 * np.arange(rho.size).reshape(rho.shape))


def obstacle(m, n, steps):
    def make(rng):
        solid = np.zeros((m, n), dtype=bool)
        solid[m // 2, n // 2] = True
        return rng.uniform(0.5, 1.5, size=(m, n)), 0.8, solid, steps

    return make


def basin(n, steps):
    return lambda rng: (rng.uniform(1.0, 2.0, size=n), 0.3 * rng.normal(size=n), 9.81, 0.05, steps)


CASES = [
    Case(leapfrog, lambda rng: (rng.normal(size=6), rng.uniform(size=6), 0.5, 5), ("u0", "speed", "dt")),
    Case(leapfrog, lambda rng: (rng.normal(size=3), rng.uniform(size=3), 0.5, 3), ("u0", "speed"), "one-cell"),
    Case(leapfrog, lambda rng: (rng.normal(size=4), rng.uniform(size=4), 0.5, 1), ("u0", "dt"), "one-step"),
    Case(leapfrog, lambda rng: (rng.normal(size=4), rng.uniform(size=4), 0.5, 0), ("u0", "dt"), "no-steps"),
    Case(wave_levels, lambda rng: (0.3 * rng.normal(size=(4, 5)), 0.4, 5), ("u0", "dt")),
    Case(wave_levels, lambda rng: (0.3 * rng.normal(size=(3, 3)), 0.4, 1), ("u0", "dt"), "one-step"),
    Case(wave_levels, lambda rng: (rng.normal(size=(3, 3)), 0.4, 0), ("u0",), "no-steps"),
    Case(conservation_law, lambda rng: (rng.normal(size=8), 0.2, 4), ("u", "dt")),
    Case(conservation_law, lambda rng: (rng.normal(size=2), 0.2, 1), ("u", "dt"), "no-interior"),
    Case(conservation_law, lambda rng: (rng.normal(size=5), 0.2, 0), ("u",), "no-steps"),
    Case(shallow_water, basin(6, 3), ("h", "hu", "g", "dt")),
    Case(shallow_water, basin(1, 1), ("h", "hu", "g", "dt"), "one"),
    Case(shallow_water, basin(3, 0), ("h", "hu"), "no-steps"),
    Case(lattice_boltzmann, obstacle(4, 3, 3), ("rho", "omega")),
    Case(lattice_boltzmann, obstacle(1, 1, 1), ("rho", "omega"), "one"),
    Case(lattice_boltzmann, obstacle(3, 3, 0), ("rho",), "no-steps"),
]
