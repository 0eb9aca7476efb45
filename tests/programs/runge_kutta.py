"""Runge-Kutta integration: classical RK4 on scalars and vectors, and RK45 with step rejection."""

import math

import numpy as np

from tests.programs.case import Case


def rk4(f, y, t, h, n):
    for _ in range(n):
        k1 = f(t, y)
        k2 = f(t + 0.5 * h, y + 0.5 * h * k1)
        k3 = f(t + 0.5 * h, y + 0.5 * h * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        t = t + h
    return y


def scalar_flow(y0, rate, h, n):
    return rk4(lambda t, y: rate * y * (1.0 - y) + 0.1 * math.sin(t), y0, 0.0, h, n)


def lotka_volterra(y0, params, h, n):
    a, b, c, d = params

    def rhs(t, y):
        prey, predator = y
        return np.array([a * prey - b * prey * predator, d * prey * predator - c * predator])

    y = rk4(rhs, y0, 0.0, h, n)
    return np.sum(y**2)


A = [[], [1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9]]
A += [[19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729]]
A += [[9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656]]
B = np.array([35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84])
E = np.array([-71 / 57600, 0.0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525])


def rk45(y0, mu, t_end, h, rtol):
    """Dormand-Prince with error control on the van der Pol oscillator; rejected steps are tried again."""
    t, y = 0.0, y0
    rejected = 0
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        stages = []
        for row in A:
            point = y
            for weight, k in zip(row, stages):
                point = point + h * weight * k
            stages.append(np.array([point[1], mu * (1.0 - point[0] ** 2) * point[1] - point[0]]))
        K = np.stack(stages)
        error = np.sqrt(np.mean((h * (E @ K) / (1e-3 + rtol * np.abs(y))) ** 2))
        if error > 1.0:
            h = h * max(0.2, 0.9 * error ** (-0.2))
            rejected += 1
            continue
        t = t + h
        y = y + h * (B @ K)
        h = h * min(5.0, max(0.2, 0.9 * error ** (-0.2)))
    return y[0] * y[1] + 0.0 * rejected


CASES = [
    Case(scalar_flow, lambda rng: (0.3, 1.7, 0.1, 6), ("y0", "rate", "h")),
    Case(scalar_flow, lambda rng: (0.3, 1.7, 0.1, 0), ("y0", "rate"), "no-steps"),
    Case(
        lotka_volterra,
        lambda rng: (np.array([1.0, 0.5]), (1.1, 0.4, 0.4, 0.1), 0.1, 5),
        ("y0", "params", "h"),
    ),
    Case(
        lotka_volterra,
        lambda rng: (np.array([1.0, 0.5]), (1.1, 0.4, 0.4, 0.1), 0.1, 1),
        ("y0", "params"),
        "one",
    ),
    Case(rk45, lambda rng: (np.array([1.5, 0.2]), 2.0, 2.0, 0.9, 1e-3), ("y0", "mu"), rtol=2e-5),
    Case(rk45, lambda rng: (np.array([1.5, 0.2]), 2.0, 0.01, 0.9, 1e-3), ("y0", "mu"), "one", rtol=2e-5),
    Case(rk45, lambda rng: (np.array([1.5, 0.2]), 2.0, 0.0, 0.9, 1e-3), ("y0",), "no-steps"),
]
