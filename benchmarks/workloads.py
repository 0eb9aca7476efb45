"""What is measured: ordinary NumPy functions, and the arguments they are called with.

A workload's function is written as people write it. Where another tool refuses it as it stands,
`rewritten.py` holds a form for that tool.
"""



from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import hand
import numpy as np
import rewritten
from numpy.typing import NDArray

Array = NDArray[np.float64]


def product(w1, w2):
    w3 = w1 * w2
    w4 = np.sin(w1)
    w5 = w3 + w4
    return w5


def black_scholes(spot, strike, rate, volatility, time):
    root = volatility * math.sqrt(time)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / root
    d2 = d1 - root
    n1 = 0.5 * (1.0 + math.erf(d1 / math.sqrt(2.0)))
    n2 = 0.5 * (1.0 + math.erf(d2 / math.sqrt(2.0)))
    return spot * n1 - strike * math.exp(-rate * time) * n2


def logistic(r, x, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


def layer_loss(W, b, x):
    h = np.tanh(x @ W + b)
    return np.sum(h**2)


def mlp_loss(W1, b1, W2, b2, x, t):
    h = np.tanh(x @ W1 + b1)
    y = h @ W2 + b2
    return np.mean((y - t) ** 2)


def smooth(u, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] = (u[:-2] + u[1:-1] + u[2:]) / 3.0
    return u.sum()


def burgers(u, dt, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    return np.sum(u**2)


def seidel(A, steps):
    A = A.copy()
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    return A.sum()


@dataclass(frozen=True)
class Workload:
    """One function with its arguments, the inputs differentiated and the types of all arguments for `s2sad`.

    `statics` are the positions that JAX must treat as compile-time constants; `other` gives, for "autograd"
    or "jax", a factory that takes that tool's `numpy` and returns the function rewritten for it. A workload
    that a tool refuses and nobody would rewrite (a stencil on single elements) has no entry: the report then
    shows the tool's error.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    wrt: tuple[str, ...]
    signature: str
    kind: str
    statics: tuple[int, ...] = ()
    other: dict[str, Callable[[Any], Callable[..., Any]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def selected(self) -> str | tuple[str, ...]:
        """`wrt` as a user gives it: one name, or a tuple."""
        return self.wrt[0] if len(self.wrt) == 1 else self.wrt

    @property
    def positions(self) -> int | tuple[int, ...]:
        """`wrt` as positions, for the tools that know no names."""
        names = self.function.__code__.co_varnames
        found = tuple(names.index(name) for name in self.wrt)
        return found[0] if len(found) == 1 else found

    @property
    def hand_grad(self) -> Callable[..., Any]:
        return getattr(hand, f"{self.name}_grad")

    @property
    def hand_value_and_grad(self) -> Callable[..., Any]:
        return getattr(hand, f"{self.name}_value_and_grad")


def workloads() -> list[Workload]:
    rng = np.random.default_rng(0)
    W, b, x = 0.3 * rng.normal(size=(32, 32)), rng.normal(size=32), rng.normal(size=(64, 32))
    W2, b2, t = 0.3 * rng.normal(size=(32, 4)), rng.normal(size=4), rng.normal(size=(64, 4))
    u = np.sin(np.linspace(0.0, 3.0, 1000)) + 1.5
    A = rng.normal(size=(12, 12))
    return [
        Workload(product, (2.0, 3.0), ("w1", "w2"), "w1: float, w2: float", "scalar"),
        Workload(
            black_scholes,
            (100.0, 95.0, 0.03, 0.2, 0.75),
            ("spot", "volatility"),
            "spot: float, strike: float, rate: float, volatility: float, time: float",
            "scalar",
            other={"autograd": rewritten.black_scholes, "jax": rewritten.black_scholes},
        ),
        Workload(
            logistic,
            (3.2, 0.3, 1000),
            ("r", "x"),
            "r: float, x: float, n: int",
            "loop",
            statics=(2,),
            other={"jax": rewritten.logistic},
        ),
        Workload(layer_loss, (W, b, x), ("W", "b"), "W: f8[k,m], b: f8[m], x: f8[n,k]", "network"),
        Workload(
            mlp_loss,
            (W, b, W2, b2, x, t),
            ("W1", "b1", "W2", "b2"),
            "W1: f8[k,m], b1: f8[m], W2: f8[m,p], b2: f8[p], x: f8[n,k], t: f8[n,p]",
            "network",
        ),
        Workload(
            smooth,
            (u, 50),
            ("u",),
            "u: f8[n], steps: int",
            "stencil",
            statics=(1,),
            other={"autograd": rewritten.smooth, "jax": rewritten.smooth_scan},
        ),
        Workload(
            burgers,
            (u, 0.05, 50),
            ("u",),
            "u: f8[n], dt: float, steps: int",
            "stencil",
            statics=(2,),
            other={"autograd": rewritten.burgers, "jax": rewritten.burgers_scan},
        ),
        Workload(
            seidel,
            (A, 3),
            ("A",),
            "A: f8[n,n], steps: int",
            "stencil",
            statics=(1,),
        ),
    ]
