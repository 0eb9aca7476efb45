"""A recurrent network (LSTM), unrolled over a sequence."""

from __future__ import annotations

import numpy as np

from .case import Workload


def lstm(W, U, b, xs, target):
    m = target.shape[1]
    h, c = np.zeros_like(target), np.zeros_like(target)
    for x in xs:
        z = x @ W + h @ U + b
        gates = 1.0 / (1.0 + np.exp(-z[:, : 3 * m]))
        c = gates[:, m : 2 * m] * c + gates[:, :m] * np.tanh(z[:, 3 * m :])
        h = gates[:, 2 * m :] * np.tanh(c)
    return np.sum((h - target) ** 2)


def by_hand(W, U, b, xs, target):
    m = target.shape[1]
    h, c = np.zeros_like(target), np.zeros_like(target)
    tape = []
    for x in xs:
        z = x @ W + h @ U + b
        gates = 1.0 / (1.0 + np.exp(-z[:, : 3 * m]))
        g = np.tanh(z[:, 3 * m :])
        before, h_before = c, h
        c = gates[:, m : 2 * m] * c + gates[:, :m] * g
        squashed = np.tanh(c)
        h = gates[:, 2 * m :] * squashed
        tape.append((x, gates, g, before, h_before, squashed))
    residual = h - target
    value = np.sum(residual**2)
    # reverse sweep
    W_bar, U_bar, b_bar = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    h_bar, c_bar = 2.0 * residual, np.zeros_like(target)
    z_bar = np.empty((len(target), 4 * m))
    for x, gates, g, before, h_before, squashed in tape[::-1]:
        c_bar += h_bar * gates[:, 2 * m :] * (1.0 - squashed**2)
        z_bar[:, :m] = c_bar * g
        z_bar[:, m : 2 * m] = c_bar * before
        z_bar[:, 2 * m : 3 * m] = h_bar * squashed
        z_bar[:, : 3 * m] *= gates * (1.0 - gates)
        z_bar[:, 3 * m :] = c_bar * gates[:, :m] * (1.0 - g**2)
        W_bar += x.T @ z_bar
        U_bar += h_before.T @ z_bar
        b_bar += z_bar.sum(axis=0)
        h_bar = z_bar @ U.T
        c_bar *= gates[:, m : 2 * m]
    return value, (W_bar, U_bar, b_bar)


def functional(np):
    def lstm(W, U, b, xs, target):
        m = target.shape[1]
        h, c = np.zeros_like(target), np.zeros_like(target)
        for k in range(xs.shape[0]):
            z = xs[k] @ W + h @ U + b
            gates = 1.0 / (1.0 + np.exp(-z[:, : 3 * m]))
            c = gates[:, m : 2 * m] * c + gates[:, :m] * np.tanh(z[:, 3 * m :])
            h = gates[:, 2 * m :] * np.tanh(c)
        return np.sum((h - target) ** 2)

    return lstm


def for_torch(torch):
    def lstm(W, U, b, xs, target):
        m = target.shape[1]
        h, c = torch.zeros_like(target), torch.zeros_like(target)
        for x in xs:
            z = x @ W + h @ U + b
            gates = torch.sigmoid(z[:, : 3 * m])
            c = gates[:, m : 2 * m] * c + gates[:, :m] * torch.tanh(z[:, 3 * m :])
            h = gates[:, 2 * m :] * torch.tanh(c)
        return torch.sum((h - target) ** 2)

    return lstm


def for_jax(jax):
    np = jax.numpy

    def lstm(W, U, b, xs, target):
        m = target.shape[1]

        def step(state, x):
            h, c = state
            z = x @ W + h @ U + b
            gates = jax.nn.sigmoid(z[:, : 3 * m])
            c = gates[:, m : 2 * m] * c + gates[:, :m] * np.tanh(z[:, 3 * m :])
            return (gates[:, 2 * m :] * np.tanh(c), c), None

        start = (np.zeros_like(target), np.zeros_like(target))
        h, _ = jax.lax.scan(step, start, xs)[0]
        return np.sum((h - target) ** 2)

    return lstm


def workloads() -> list[Workload]:
    rng = np.random.default_rng(8)
    weights = (0.2 * rng.normal(size=(16, 128)), 0.2 * rng.normal(size=(32, 128)), rng.normal(size=128))
    args = (*weights, rng.normal(size=(100, 8, 16)), rng.normal(size=(8, 32)))
    return [Workload(lstm, "100 steps, 32 units, batch 8", args, ("W", "U", "b"), "arrays")]
