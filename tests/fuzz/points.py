"""The arguments at which a program is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

NAMES = ("x", "y", "A", "s", "t")
TRIPS = (0, 1, 2, 5)
Values = tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Point:
    """Values of the five differentiable parameters in double precision, and the others."""

    values: Values
    n: int
    flag: bool


def points(seed: int) -> list[Point]:
    """One point with three trips, and one for each other number of trips in some order; some with the flag set."""
    rng = np.random.default_rng(seed)
    found = []
    flag = bool(rng.integers(2))
    for k, n in enumerate([3, *(int(n) for n in rng.permutation(TRIPS))]):
        values = (rng.uniform(-1.3, 1.4, 4), rng.uniform(-1.2, 1.5, 4), rng.uniform(-1.1, 1.3, (3, 4)),
                  np.asarray(rng.uniform(-1.2, 1.4)), np.asarray(rng.uniform(-1.2, 1.4)))  # fmt: skip
        found.append(Point(values, n, flag if k != 3 else not flag))
    return found


def _plain(a: np.ndarray, dtype: str) -> np.ndarray:
    return a.astype(dtype)


def _strided(a: np.ndarray, dtype: str) -> np.ndarray:
    """A view of every other element of a larger array."""
    outer = np.zeros(tuple(2 * n for n in a.shape), dtype)
    view = outer[tuple(slice(None, None, 2) for _ in a.shape)]
    view[...] = a
    return view


def _reversed(a: np.ndarray, dtype: str) -> np.ndarray:
    return a[::-1].astype(dtype)[::-1]


def _fortran(a: np.ndarray, dtype: str) -> np.ndarray:
    return np.asfortranarray(a.astype(dtype))


LAYOUTS: dict[str, Callable[[np.ndarray, str], np.ndarray]] = {"strided": _strided, "reversed": _reversed, "fortran": _fortran}


def arguments(point: Point, mode: str, wide: bool = False, values: Values | None = None) -> tuple[Any, ...]:
    """Fresh arguments in a mode; `wide` ones are in double precision in any case."""
    x, y, A, s, t = point.values if values is None else values
    dtype = "f4" if mode == "float32" and not wide else "f8"
    lay = LAYOUTS.get(mode, _plain)
    scalars: list[Any] = [float(s), float(t)]
    if mode == "zero-dim":
        scalars[0] = np.array(s)
    elif mode == "numpy-scalar":
        scalars = [np.float64(s), np.float64(t)]
    first = lay(x, dtype)
    second = first if mode == "same" else lay(y, dtype)
    return (first, second, lay(A, dtype), *scalars, point.n, point.flag)
