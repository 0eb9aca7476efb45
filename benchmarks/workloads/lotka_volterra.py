"""A system of two ordinary differential equations, by the midpoint rule: a loop of numbers with a tape."""

from __future__ import annotations

import numpy as np

from .case import Workload


def lotka_volterra(x, y, a, b, c, d, h, n):
    for _ in range(n):
        u = x + 0.5 * h * x * (a - b * y)
        v = y + 0.5 * h * y * (d * x - c)
        x = x + h * u * (a - b * v)
        y = y + h * v * (d * u - c)
    return x + y


def by_hand(x, y, a, b, c, d, h, n):
    tape = []
    for _ in range(n):
        u = x + 0.5 * h * x * (a - b * y)
        v = y + 0.5 * h * y * (d * x - c)
        tape.append((x, y, u, v))
        x = x + h * u * (a - b * v)
        y = y + h * v * (d * u - c)
    value = x + y
    # reverse sweep
    x_bar = y_bar = 1.0
    a_bar = b_bar = c_bar = d_bar = 0.0
    for x, y, u, v in reversed(tape):
        p, q = h * x_bar, h * y_bar
        u_bar = p * (a - b * v) + q * v * d
        v_bar = q * (d * u - c) - p * u * b
        r, s = 0.5 * h * u_bar, 0.5 * h * v_bar
        x_bar += u_bar + r * (a - b * y) + s * y * d
        y_bar += v_bar + s * (d * x - c) - r * x * b
        a_bar += p * u + r * x
        b_bar -= p * u * v + r * x * y
        c_bar -= q * v + s * y
        d_bar += q * u * v + s * x * y
    return value, (x_bar, y_bar, a_bar, b_bar, c_bar, d_bar)


def by_hand_numba(x, y, a, b, c, d, h, n):
    tape = np.empty((n, 4))
    for i in range(n):
        u = x + 0.5 * h * x * (a - b * y)
        v = y + 0.5 * h * y * (d * x - c)
        tape[i, 0], tape[i, 1], tape[i, 2], tape[i, 3] = x, y, u, v
        x = x + h * u * (a - b * v)
        y = y + h * v * (d * u - c)
    value = x + y
    # reverse sweep
    x_bar = y_bar = 1.0
    a_bar = b_bar = c_bar = d_bar = 0.0
    for i in range(n - 1, -1, -1):
        x, y, u, v = tape[i, 0], tape[i, 1], tape[i, 2], tape[i, 3]
        p, q = h * x_bar, h * y_bar
        u_bar = p * (a - b * v) + q * v * d
        v_bar = q * (d * u - c) - p * u * b
        r, s = 0.5 * h * u_bar, 0.5 * h * v_bar
        x_bar += u_bar + r * (a - b * y) + s * y * d
        y_bar += v_bar + s * (d * x - c) - r * x * b
        a_bar += p * u + r * x
        b_bar -= p * u * v + r * x * y
        c_bar -= q * v + s * y
        d_bar += q * u * v + s * x * y
    return value, (x_bar, y_bar, a_bar, b_bar, c_bar, d_bar)


def for_jax(jax):
    def lotka_volterra(x, y, a, b, c, d, h, n):
        def step(state, _):
            x, y = state
            u = x + 0.5 * h * x * (a - b * y)
            v = y + 0.5 * h * y * (d * x - c)
            return (x + h * u * (a - b * v), y + h * v * (d * u - c)), None

        return sum(jax.lax.scan(step, (x, y), None, length=n)[0])

    return lotka_volterra


def workloads() -> list[Workload]:
    args = (1.0, 0.5, 1.1, 0.4, 0.4, 0.1, 0.01, 1000)
    return [Workload(lotka_volterra, "1,000 steps", args, ("x", "y", "a", "b", "c", "d"), "loop", statics=(7,))]
