"""Gravitational N-body problem, leapfrog with positions and velocities updated in place."""

import numpy as np

from tests.programs.case import Case


def accelerations(positions, masses, acc):
    acc[:] = 0.0
    n = len(masses)
    for i in range(n):
        for j in range(i + 1, n):
            d = positions[j] - positions[i]
            inv = (np.dot(d, d) + 0.05) ** -1.5
            acc[i] += masses[j] * inv * d
            acc[j] -= masses[i] * inv * d


def nbody(positions, velocities, masses, dt, steps):
    acc = np.zeros_like(positions)
    accelerations(positions, masses, acc)
    for _ in range(steps):
        velocities += 0.5 * dt * acc
        positions += dt * velocities
        accelerations(positions, masses, acc)
        velocities += 0.5 * dt * acc
    return 0.5 * np.sum(masses * np.sum(velocities**2, axis=1)) + np.sum(positions[0] * positions[-1])


def make(n, steps):
    def make_args(rng):
        return rng.normal(size=(n, 3)), 0.3 * rng.normal(size=(n, 3)), rng.uniform(0.5, 1.5, n), 0.05, steps

    return make_args


CASES = [
    Case(nbody, make(3, 3), ("positions", "velocities", "masses", "dt")),
    Case(nbody, make(4, 1), ("positions", "velocities", "masses", "dt"), "one-step"),
    Case(nbody, make(1, 2), ("positions", "velocities", "masses"), "one"),
    Case(nbody, make(2, 0), ("positions", "masses"), "no-steps"),
]
