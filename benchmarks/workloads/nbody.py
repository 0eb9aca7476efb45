"""Gravitation between all pairs of bodies, by leapfrog, with positions and velocities updated in place."""

from __future__ import annotations

import numpy as np

from .case import Workload

SOFT = 0.05


def accelerations(positions, masses, acc):
    acc[:] = 0.0
    n = len(masses)
    for i in range(n):
        for j in range(i + 1, n):
            d = positions[j] - positions[i]
            inv = (np.dot(d, d) + SOFT) ** -1.5
            acc[i] += masses[j] * inv * d
            acc[j] -= masses[i] * inv * d


def nbody(positions, velocities, masses, dt, steps):
    positions, velocities = positions.copy(), velocities.copy()
    acc = np.zeros_like(positions)
    accelerations(positions, masses, acc)
    for _ in range(steps):
        velocities += 0.5 * dt * acc
        positions += dt * velocities
        accelerations(positions, masses, acc)
        velocities += 0.5 * dt * acc
    return 0.5 * np.sum(masses * np.sum(velocities**2, axis=1)) + np.sum(positions[0] * positions[-1])


def accelerations_adjoint(positions, masses, acc_bar, positions_bar, masses_bar):
    n = len(masses)
    for i in range(n):
        for j in range(i + 1, n):
            d = positions[j] - positions[i]
            squared = np.dot(d, d) + SOFT
            inv = squared**-1.5
            weighted = masses[j] * acc_bar[i] - masses[i] * acc_bar[j]
            masses_bar[j] += inv * np.dot(acc_bar[i], d)
            masses_bar[i] -= inv * np.dot(acc_bar[j], d)
            d_bar = inv * weighted - 3.0 * inv / squared * np.dot(weighted, d) * d
            positions_bar[j] += d_bar
            positions_bar[i] -= d_bar


def by_hand(positions, velocities, masses, dt, steps):
    positions, velocities = positions.copy(), velocities.copy()
    acc = np.zeros_like(positions)
    tape = [positions.copy()]
    accelerations(positions, masses, acc)
    for _ in range(steps):
        velocities += 0.5 * dt * acc
        positions += dt * velocities
        tape.append(positions.copy())
        accelerations(positions, masses, acc)
        velocities += 0.5 * dt * acc
    squares = np.sum(velocities**2, axis=1)
    value = 0.5 * np.sum(masses * squares) + np.sum(positions[0] * positions[-1])
    # reverse sweep
    masses_bar = 0.5 * squares
    velocities_bar = masses[:, None] * velocities
    positions_bar = np.zeros_like(positions)
    positions_bar[0] += positions[-1]
    positions_bar[-1] += positions[0]
    acc_bar = np.zeros_like(positions)
    for _ in range(steps):
        acc_bar += 0.5 * dt * velocities_bar
        accelerations_adjoint(tape.pop(), masses, acc_bar, positions_bar, masses_bar)
        velocities_bar += dt * positions_bar
        acc_bar = 0.5 * dt * velocities_bar
    accelerations_adjoint(tape.pop(), masses, acc_bar, positions_bar, masses_bar)
    return value, (positions_bar, velocities_bar, masses_bar)


def by_hand_numba(positions, velocities, masses, dt, steps):
    """One loop over pairs for both sweeps, coordinate by coordinate."""
    n = len(masses)
    velocities = velocities.copy()
    tape = np.empty((steps + 1, n, 3))
    tape[0] = positions
    acc = np.zeros((n, 3))
    for step in range(steps + 1):
        now = tape[step]
        if step > 0:
            velocities += 0.5 * dt * acc
            now[:] = tape[step - 1] + dt * velocities
        acc[:] = 0.0
        for i in range(n):
            for j in range(i + 1, n):
                x, y, z = now[j, 0] - now[i, 0], now[j, 1] - now[i, 1], now[j, 2] - now[i, 2]
                inv = (x * x + y * y + z * z + SOFT) ** -1.5
                for axis, d in enumerate((x, y, z)):
                    acc[i, axis] += masses[j] * inv * d
                    acc[j, axis] -= masses[i] * inv * d
        if step > 0:
            velocities += 0.5 * dt * acc
    squares = np.sum(velocities**2, axis=1)
    value = 0.5 * np.sum(masses * squares) + np.sum(now[0] * now[-1])
    # reverse sweep
    masses_bar = 0.5 * squares
    velocities_bar = masses.reshape((n, 1)) * velocities
    positions_bar = np.zeros((n, 3))
    positions_bar[0] += now[-1]
    positions_bar[-1] += now[0]
    acc_bar = np.zeros((n, 3))
    for step in range(steps, -1, -1):
        if step > 0:
            acc_bar += 0.5 * dt * velocities_bar
        now = tape[step]
        for i in range(n):
            for j in range(i + 1, n):
                x, y, z = now[j, 0] - now[i, 0], now[j, 1] - now[i, 1], now[j, 2] - now[i, 2]
                squared = x * x + y * y + z * z + SOFT
                inv = squared**-1.5
                along_i = acc_bar[i, 0] * x + acc_bar[i, 1] * y + acc_bar[i, 2] * z
                along_j = acc_bar[j, 0] * x + acc_bar[j, 1] * y + acc_bar[j, 2] * z
                masses_bar[j] += inv * along_i
                masses_bar[i] -= inv * along_j
                stretch = 3.0 * inv / squared * (masses[j] * along_i - masses[i] * along_j)
                for axis, d in enumerate((x, y, z)):
                    d_bar = inv * (masses[j] * acc_bar[i, axis] - masses[i] * acc_bar[j, axis]) - stretch * d
                    positions_bar[j, axis] += d_bar
                    positions_bar[i, axis] -= d_bar
        if step > 0:
            velocities_bar += dt * positions_bar
            acc_bar = 0.5 * dt * velocities_bar
    return value, (positions_bar, velocities_bar, masses_bar)


def pairwise(np, positions, masses):
    """All pairs at once."""
    d = positions[None, :, :] - positions[:, None, :]
    inv = (np.sum(d * d, axis=-1) + SOFT) ** -1.5
    return np.sum((masses[None, :] * inv)[:, :, None] * d, axis=1)


def functional(np):
    def nbody(positions, velocities, masses, dt, steps):
        acc = pairwise(np, positions, masses)
        for _ in range(steps):
            velocities = velocities + 0.5 * dt * acc
            positions = positions + dt * velocities
            acc = pairwise(np, positions, masses)
            velocities = velocities + 0.5 * dt * acc
        return 0.5 * np.sum(masses * np.sum(velocities**2, axis=1)) + np.sum(positions[0] * positions[-1])

    return nbody


def for_jax(jax):
    np = jax.numpy

    def nbody(positions, velocities, masses, dt, steps):
        def step(state, _):
            positions, velocities, acc = state
            velocities = velocities + 0.5 * dt * acc
            positions = positions + dt * velocities
            acc = pairwise(np, positions, masses)
            return (positions, velocities + 0.5 * dt * acc, acc), None

        start = (positions, velocities, pairwise(np, positions, masses))
        positions, velocities, _ = jax.lax.scan(step, start, None, length=steps)[0]
        return 0.5 * np.sum(masses * np.sum(velocities**2, axis=1)) + np.sum(positions[0] * positions[-1])

    return nbody


def workloads() -> list[Workload]:
    rng = np.random.default_rng(4)
    args = (3.0 * rng.normal(size=(8, 3)), 0.3 * rng.normal(size=(8, 3)), rng.uniform(0.5, 1.5, 8), 0.01, 10)
    return [Workload(nbody, "8 bodies, 10 steps", args, ("positions", "velocities", "masses"), "elements", statics=(4,))]
