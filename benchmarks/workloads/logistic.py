"""A loop of numbers: the logistic map."""

from __future__ import annotations

import numpy as np

from .case import Workload


def logistic(r, x, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def by_hand(r, x, n):
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        x = r * x * (1.0 - x)
    value = x
    # reverse sweep
    x_bar = 1.0
    r_bar = 0.0
    for x in reversed(x_tape):
        rx_bar = x_bar * (1.0 - x)
        r_bar += rx_bar * x
        x_bar = rx_bar * r - x_bar * (r * x)
    return value, (r_bar, x_bar)


def by_hand_numba(r, x, n):
    x_tape = np.empty(n)
    for i in range(n):
        x_tape[i] = x
        x = r * x * (1.0 - x)
    value = x
    # reverse sweep
    x_bar = 1.0
    r_bar = 0.0
    for i in range(n - 1, -1, -1):
        x = x_tape[i]
        rx_bar = x_bar * (1.0 - x)
        r_bar += rx_bar * x
        x_bar = rx_bar * r - x_bar * (r * x)
    return value, (r_bar, x_bar)


def for_jax(jax):
    def logistic(r, x, n):
        def step(x, _):
            return r * x * (1.0 - x), None

        return jax.lax.scan(step, x, None, length=n)[0]

    return logistic


def workloads() -> list[Workload]:
    return [Workload(logistic, "1,000 steps", (3.0, 0.3, 1000), ("r", "x"), "loop", statics=(2,))]
