"""An integrator that chooses its steps: a `while` loop with branches that depend on the values."""

from __future__ import annotations

import math

import numpy as np

from .case import Workload


def adaptive(y, rate, end, tolerance):
    """y' = rate * (cos t - y**3): steps of Heun, tried again with half the step where Euler's differ too much."""
    t, h = 0.0, 0.1
    while t < end:
        if t + h > end:
            h = end - t
        k1 = rate * (math.cos(t) - y**3)
        k2 = rate * (math.cos(t + h) - (y + h * k1) ** 3)
        error = 0.5 * h * abs(k2 - k1)
        if error > tolerance:
            h = 0.5 * h
        else:
            t = t + h
            y = y + 0.5 * h * (k1 + k2)
            if error < 0.25 * tolerance:
                h = 1.5 * h
    return y


def by_hand(y, rate, end, tolerance):
    t, h = 0.0, 0.1
    tape = []
    while t < end:
        if t + h > end:
            h = end - t
        k1 = rate * (math.cos(t) - y**3)
        z = y + h * k1
        k2 = rate * (math.cos(t + h) - z**3)
        error = 0.5 * h * abs(k2 - k1)
        if error > tolerance:
            h = 0.5 * h
        else:
            tape.append((y, z, k1, k2, h))
            t = t + h
            y = y + 0.5 * h * (k1 + k2)
            if error < 0.25 * tolerance:
                h = 1.5 * h
    value = y
    # reverse sweep, over the steps that were made
    y_bar, sum_bar = 1.0, 0.0
    for y, z, k1, k2, h in reversed(tape):
        k2_bar = 0.5 * h * y_bar
        z_bar = -3.0 * rate * k2_bar * z * z
        k1_bar = k2_bar + h * z_bar
        sum_bar += k1_bar * k1 + k2_bar * k2
        y_bar += z_bar - 3.0 * rate * k1_bar * y * y
    return value, (y_bar, sum_bar / rate)


def by_hand_numba(y, rate, end, tolerance):
    t, h = 0.0, 0.1
    tape = np.empty((64, 5))
    size = 0
    while t < end:
        if t + h > end:
            h = end - t
        k1 = rate * (math.cos(t) - y**3)
        z = y + h * k1
        k2 = rate * (math.cos(t + h) - z**3)
        error = 0.5 * h * abs(k2 - k1)
        if error > tolerance:
            h = 0.5 * h
        else:
            if size == len(tape):
                tape = np.concatenate((tape, np.empty_like(tape)))
            tape[size, 0], tape[size, 1], tape[size, 2], tape[size, 3], tape[size, 4] = y, z, k1, k2, h
            size += 1
            t = t + h
            y = y + 0.5 * h * (k1 + k2)
            if error < 0.25 * tolerance:
                h = 1.5 * h
    value = y
    # reverse sweep
    y_bar, sum_bar = 1.0, 0.0
    for i in range(size - 1, -1, -1):
        y, z, k1, k2, h = tape[i, 0], tape[i, 1], tape[i, 2], tape[i, 3], tape[i, 4]
        k2_bar = 0.5 * h * y_bar
        z_bar = -3.0 * rate * k2_bar * z * z
        k1_bar = k2_bar + h * z_bar
        sum_bar += k1_bar * k1 + k2_bar * k2
        y_bar += z_bar - 3.0 * rate * k1_bar * y * y
    return value, (y_bar, sum_bar / rate)


def functional(np):
    def adaptive(y, rate, end, tolerance):
        t, h = 0.0, 0.1
        while t < end:
            if t + h > end:
                h = end - t
            k1 = rate * (math.cos(t) - y**3)
            k2 = rate * (math.cos(t + h) - (y + h * k1) ** 3)
            error = 0.5 * h * abs(k2 - k1)
            if error > tolerance:
                h = 0.5 * h
            else:
                t = t + h
                y = y + 0.5 * h * (k1 + k2)
                if error < 0.25 * tolerance:
                    h = 1.5 * h
        return y

    return adaptive


def for_jax(jax):
    """Reverse mode has no `while_loop`: a scan of as many steps as there may be, which does nothing after the end."""
    np = jax.numpy

    def adaptive(y, rate, end, tolerance):
        def attempt(state):
            t, h, y = state
            h = np.where(t + h > end, end - t, h)
            k1 = rate * (np.cos(t) - y**3)
            k2 = rate * (np.cos(t + h) - (y + h * k1) ** 3)
            error = 0.5 * h * abs(k2 - k1)
            rejected = error > tolerance
            factor = np.where(rejected, 0.5, np.where(error < 0.25 * tolerance, 1.5, 1.0))
            t, y = np.where(rejected, t, t + h), np.where(rejected, y, y + 0.5 * h * (k1 + k2))
            return t, jax.lax.stop_gradient(factor * h), y

        def step(state, _):
            return jax.lax.cond(state[0] < end, attempt, lambda state: state, state), None

        start = (np.zeros(()), np.full((), 0.1), y)
        return jax.lax.scan(step, start, None, length=STEPS)[0][2]

    return adaptive


STEPS = 1024  # at least as many as the arguments below take


def workloads() -> list[Workload]:
    return [Workload(adaptive, "≈ 1,000 steps", (0.2, 2.0, 9.5, 1e-4), ("y", "rate"), "loop")]
