"""A network with one hidden layer, and its mean squared error over a batch."""

from __future__ import annotations

import numpy as np

from .case import Workload


def mlp(W1, b1, W2, b2, x, t):
    h = np.tanh(x @ W1 + b1)
    y = h @ W2 + b2
    return np.mean((y - t) ** 2)


def by_hand(W1, b1, W2, b2, x, t):
    h = np.tanh(x @ W1 + b1)
    residual = h @ W2 + b2 - t
    value = np.mean(residual**2)
    # reverse sweep
    y_bar = (2.0 / residual.size) * residual
    W2_bar = h.T @ y_bar
    b2_bar = y_bar.sum(axis=0)
    z_bar = (y_bar @ W2.T) * (1.0 - h**2)
    W1_bar = x.T @ z_bar
    b1_bar = z_bar.sum(axis=0)
    return value, (W1_bar, b1_bar, W2_bar, b2_bar)


def functional(np):
    def mlp(W1, b1, W2, b2, x, t):
        h = np.tanh(x @ W1 + b1)
        y = h @ W2 + b2
        return np.mean((y - t) ** 2)

    return mlp


def workload(width: int) -> Workload:
    rng = np.random.default_rng(7)
    scale = width**-0.5
    weights = (scale * rng.normal(size=(width, width)), rng.normal(size=width), scale * rng.normal(size=(width, 10)), rng.normal(size=10))
    args = (*weights, rng.normal(size=(64, width)), rng.normal(size=(64, 10)))
    return Workload(mlp, f"width {width}", args, ("W1", "b1", "W2", "b2"), "arrays")


def workloads() -> list[Workload]:
    return [workload(32), workload(512)]
