"""A chain of elementwise functions, on arrays from a few numbers to far more than the cache holds."""

from __future__ import annotations

import math

import numpy as np

from .case import Workload


def chain(x):
    y = np.sin(x) * np.exp(-0.5 * x * x)
    z = np.tanh(y + 0.3 * x) / np.sqrt(1.0 + y * y)
    return np.sum(y * z)


def by_hand(x):
    e = np.exp(-0.5 * x * x)
    y = np.sin(x) * e
    t = np.tanh(y + 0.3 * x)
    squared = 1.0 + y * y
    root = np.sqrt(squared)
    z = t / root
    value = np.sum(y * z)
    # reverse sweep
    t_bar = y / root * (1.0 - t * t)
    y_bar = z * (1.0 - y * y / squared) + t_bar
    return value, 0.3 * t_bar + y_bar * (e * np.cos(x) - x * y)


def by_hand_numba(x):
    value = 0.0
    x_bar = np.empty_like(x)
    for i in range(len(x)):
        v = x[i]
        e = math.exp(-0.5 * v * v)
        y = math.sin(v) * e
        t = math.tanh(y + 0.3 * v)
        squared = 1.0 + y * y
        root = math.sqrt(squared)
        value += y * t / root
        # reverse sweep
        t_bar = y / root * (1.0 - t * t)
        y_bar = t / root * (1.0 - y * y / squared) + t_bar
        x_bar[i] = 0.3 * t_bar + y_bar * (e * math.cos(v) - v * y)
    return value, x_bar


def functional(np):
    def chain(x):
        y = np.sin(x) * np.exp(-0.5 * x * x)
        z = np.tanh(y + 0.3 * x) / np.sqrt(1.0 + y * y)
        return np.sum(y * z)

    return chain


def workloads() -> list[Workload]:
    arrays = [np.random.default_rng(6).normal(size=10**k) for k in (1, 3, 5, 7)]
    return [Workload(chain, f"10^{k}", (x,), ("x",), "arrays") for k, x in zip((1, 3, 5, 7), arrays)]
