"""The workloads that autograd or JAX refuse as written, in the form their documentation asks for.

Each factory takes the tool's own `numpy` module, so that both tools measure the same text where they can.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def black_scholes(np: Any) -> Callable[..., Any]:
    """`math` functions take no traced values: NumPy's instead, and the tool's own `erf`."""
    tool = np.__name__.split(".")[0]
    erf = importlib.import_module(f"{tool}.scipy.special").erf

    def black_scholes(spot, strike, rate, volatility, time):
        root = volatility * np.sqrt(time)
        d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / root
        d2 = d1 - root
        n1 = 0.5 * (1.0 + erf(d1 / np.sqrt(2.0)))
        n2 = 0.5 * (1.0 + erf(d2 / np.sqrt(2.0)))
        return spot * n1 - strike * np.exp(-rate * time) * n2

    return black_scholes


def logistic(np: Any) -> Callable[..., Any]:
    """A Python loop would be unrolled into 1000 steps of XLA: a scan instead."""
    from jax import lax

    def logistic(r, x, n):
        def step(x, _):
            return r * x * (1.0 - x), None

        x, _ = lax.scan(step, x, None, length=n)
        return x

    return logistic


def smooth(np: Any) -> Callable[..., Any]:
    """No stores: each step builds a new array."""

    def smooth(u, steps):
        for _ in range(steps):
            u = np.concatenate([u[:1], (u[:-2] + u[1:-1] + u[2:]) / 3.0, u[-1:]])
        return np.sum(u)

    return smooth


def smooth_scan(np: Any) -> Callable[..., Any]:
    from jax import lax

    def smooth(u, steps):
        def step(u, _):
            return u.at[1:-1].set((u[:-2] + u[1:-1] + u[2:]) / 3.0), None

        u, _ = lax.scan(step, u, None, length=steps)
        return np.sum(u)

    return smooth


def burgers(np: Any) -> Callable[..., Any]:
    """No stores: each step builds a new array."""

    def burgers(u, dt, steps):
        for _ in range(steps):
            u = np.concatenate([u[:1], u[1:] - dt * u[1:] * (u[1:] - u[:-1])])
        return np.sum(u**2)

    return burgers


def burgers_scan(np: Any) -> Callable[..., Any]:
    from jax import lax

    def burgers(u, dt, steps):
        def step(u, _):
            return u.at[1:].add(-dt * u[1:] * (u[1:] - u[:-1])), None

        u, _ = lax.scan(step, u, None, length=steps)
        return np.sum(u**2)

    return burgers
