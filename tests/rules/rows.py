"""What the rows of the rule table are made of.

A row gives a function and concrete operands. Rows of elementwise rules may give domains instead (`unary`,
`binary`), from which scalar, array, broadcast and empty operands are made.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_rng = np.random.default_rng(20)


@dataclass(frozen=True)
class Row:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    tolerance: float = 1e-6
    skip: tuple[int, ...] = ()  # operands that are not differentiated here
    single: bool = True  # whether float32 operands are tried too
    live: tuple[int, ...] | None = None  # outputs that get an adjoint, of a function with several
    note: str = ""

    @property
    def label(self) -> str:
        name = getattr(self.function, "__name__", str(self.function))
        owner = getattr(self.function, "__module__", None) or ""
        return f"{owner}.{name}" + (f"-{self.note}" if self.note else "")


def normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape)


def uniform(low: float, high: float, *shape: int) -> np.ndarray:
    return _rng.uniform(low, high, size=shape)


def complex_normal(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape) + 1j * _rng.normal(size=shape)


def distinct(*shape: int) -> np.ndarray:
    """Values that differ by at least 0.1, in random order."""
    count = math.prod(shape)
    return (_rng.permutation(count) * 0.17 - 0.05 * count).reshape(shape)


def positive_definite(n: int) -> np.ndarray:
    a = normal(n, n)
    return a @ a.T + n * np.eye(n)


def row(function: Callable[..., Any], *args: Any, **options: Any) -> Row:
    """A row; `kw` holds the keyword arguments of the call."""
    return Row(function, args, options.pop("kw", {}), **options)


def unary(function: Callable[..., Any], low: float, high: float, **options: Any) -> list[Row]:
    """Rows of a ufunc of one operand: array, 0-d array, Python float, empty."""
    values = [
        uniform(low, high, 2, 3),
        np.array(uniform(low, high)),
        float(uniform(low, high)),
        np.zeros((0, 2)),
    ]
    return [
        row(function, v, note=n, **options)
        for v, n in zip(values, ("array", "0-d", "float", "empty"), strict=True)
    ]


def scalar(function: Callable[..., Any], *values: float, **options: Any) -> Row:
    """A row of a function of Python floats."""
    return row(function, *values, single=False, **options)


def binary(
    function: Callable[..., Any], first: tuple[float, float], second: tuple[float, float]
) -> list[Row]:
    """Rows of a ufunc of two operands: equal shapes, broadcast both ways, with a float, empty."""
    shapes = [
        ((2, 3), (2, 3), "equal"),
        ((2, 1), (3,), "broadcast"),
        ((), (2, 2), "0-d"),
        ((0, 2), (2,), "empty"),
    ]
    rows = [row(function, uniform(*first, *a), uniform(*second, *b), note=n) for a, b, n in shapes]
    rows.append(row(function, float(uniform(*first)), uniform(*second, 3), note="float left"))
    rows.append(row(function, uniform(*first, 3), float(uniform(*second)), note="float right"))
    rows.append(row(function, float(uniform(*first)), float(uniform(*second)), note="floats"))
    return rows


def complex_unary(*functions: Callable[..., Any]) -> list[Row]:
    return [row(f, complex_normal(3), note="complex") for f in functions]
