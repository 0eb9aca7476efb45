"""Families of programs that grow in one direction: deeper recursion, longer chains of helpers, more trips of a loop.

A gradient should cost the same multiple of the primal at every depth. Each family makes, for a depth, a function and
its arguments; the work on each level is either a few numbers or an array of `WIDTH`.
"""

from __future__ import annotations

import importlib.util
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from contestants import PRIMAL, S2SAD, contestant
from measure import interleaved
from workloads import named

WIDTH = 2000


def descend(x: float, depth: int) -> float:
    if depth == 0:
        return x
    return math.sin(descend(x, depth - 1)) * x + 0.5


def accumulate(x: float, total: float, depth: int) -> float:
    if depth == 0:
        return total
    return accumulate(x, 0.5 * total + math.cos(x * total) / 3.0, depth - 1)


def descend_array(x: np.ndarray, depth: int) -> np.ndarray:
    if depth == 0:
        return x
    return np.tanh(descend_array(x, depth - 1)) * x


def sum_descended(x: np.ndarray, depth: int) -> float:
    return np.sum(descend_array(x, depth))


def halves(x: np.ndarray) -> float:
    """Two calls on each level: the depth is the logarithm of the size."""
    if len(x) == 1:
        return math.sin(x[0])
    half = len(x) // 2
    left, right = halves(x[:half]), halves(x[half:])
    return left * right + left


def logistic(r: float, x: float, steps: int) -> float:
    for _ in range(steps):
        x = r * x * (1.0 - x)
    return x


def burgers(u: np.ndarray, dt: float, steps: int) -> float:
    u = u.copy()
    for _ in range(steps):
        u[1:] -= dt * u[1:] * (u[1:] - u[:-1])
    return np.sum(u**2)


def newton_roots(x: float, steps: int) -> float:
    """A `while` loop with a branch, a running sum and an early `continue`."""
    total, k = 0.0, 0
    while k < steps:
        k += 1
        if k % 3 == 0:
            x = 0.5 * (x + 2.0 / x) + 0.1
            continue
        total += x * x / k
    return total


def helpers(depth: int, array: bool) -> str:
    """A module with `depth` helpers, each of which calls the next one."""
    sine = "np.tanh" if array else "math.sin"
    lines = [
        "import math",
        "",
        "import numpy as np",
        "",
        "",
        "def helper0(x, y):",
        "    return x * y + 0.5",
        "",
        "",
    ]
    for k in range(1, depth + 1):
        lines += [
            f"def helper{k}(x, y):",
            f"    z = {sine}(x * y)",
            f"    return helper{k - 1}(z, y) * z + x",
            "",
            "",
        ]
    result = f"helper{depth}(x, y)"
    lines += ["def chain(x, y):", f"    return np.sum({result})" if array else f"    return {result}"]
    return "\n".join(lines) + "\n"


@contextmanager
def loaded(text: str) -> Iterator[Callable[..., Any]]:
    """The function `chain` of a module with this text; its file exists as long as the context."""
    with tempfile.TemporaryDirectory(prefix="s2sad-growth-") as folder:
        path = Path(folder) / "chained.py"
        path.write_text(text, encoding="utf-8")
        spec = importlib.util.spec_from_file_location("chained", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.chain


@dataclass(frozen=True)
class Family:
    """Programs of one kind at several depths; `make` yields the function and its arguments as a context."""

    name: str
    unit: str
    depths: tuple[int, ...]
    make: Callable[[int], Any]


@contextmanager
def _given(function: Callable[..., Any], *args: Any) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...]]]:
    yield function, args


@contextmanager
def _chain(depth: int, array: bool) -> Iterator[tuple[Callable[..., Any], tuple[Any, ...]]]:
    with loaded(helpers(depth, array)) as chain:
        yield chain, (row(), row()) if array else (0.7, 0.9)


def row() -> np.ndarray:
    return np.linspace(0.5, 0.9, WIDTH)


DEPTHS = (1, 2, 5, 10, 20, 50, 100, 200)
CHAINS = (1, 2, 5, 10, 20, 35, 50)
TRIPS = (100, 1000, 10_000, 100_000)


def families() -> list[Family]:
    return [
        Family("descend", "recursion depth", DEPTHS, lambda n: _given(descend, 0.7, n)),
        Family("accumulate", "recursion depth", DEPTHS, lambda n: _given(accumulate, 0.7, 0.1, n)),
        Family("sum_descended", "recursion depth", DEPTHS, lambda n: _given(sum_descended, row(), n)),
        Family("halves", "recursion depth", (1, 2, 4, 6, 8, 10), lambda n: _given(halves, row()[: 2**n])),
        Family("helpers of numbers", "helpers", CHAINS, lambda n: _chain(n, False)),
        Family("helpers of arrays", "helpers", CHAINS, lambda n: _chain(n, True)),
        Family("logistic", "trips", TRIPS, lambda n: _given(logistic, 3.2, 0.3, n)),
        Family("newton_roots", "trips", TRIPS, lambda n: _given(newton_roots, 1.3, n)),
        Family("burgers", "trips", TRIPS[:-1], lambda n: _given(burgers, row() + 1.0, 0.05, n)),
    ]


def trips(counts: tuple[int, ...], rounds: int, batch: float, most: float) -> dict[int, float]:
    """The time of value and gradient by that of the primal, as the loop of `logistic` gets longer."""
    found = {}
    for count in counts:
        workload = replace(named("logistic"), args=(3.0, 0.3, count))
        primal, gradient = contestant(PRIMAL, workload).call, contestant(S2SAD, workload).call
        timings = interleaved({"primal": primal, "gradient": gradient}, rounds, batch, most)
        found[count] = timings["gradient"].best / timings["primal"].best
    return found
