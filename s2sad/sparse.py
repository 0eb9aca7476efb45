"""Sparse Jacobians and Hessians: where they are not zero is found first, then several columns are computed at once.

Columns that meet in no row share a direction: one sweep gives the sum of them, and each entry belongs to one of them. Which
entries can differ from zero is asked of the tangent itself. A tangent is linear, so one that is not a number (NaN) in some
inputs is not a number in all outputs that depend on them at this point: 0 times NaN is NaN. Blocks of inputs are asked
for together, and only those that matter are split, so that the pattern costs a few sweeps for each halving of the blocks.
The result is checked along a random direction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .api import Gradient, value_of
from .directional import Tangent
from .errors import DifferentiationError
from .targets import Wrt

Along = Callable[[np.ndarray], np.ndarray]


def greedy_colors(rows_of: list[np.ndarray], row_count: int) -> np.ndarray:
    """A color for each column, so that no two columns of one color meet in a row; columns with many rows come first.

    The largest-first heuristic for distance-2 coloring (Gebremedhin, Manne, Pothen 2005, "What color is your Jacobian?").
    """
    colors = np.full(len(rows_of), -1)
    seen: list[set[int]] = [set() for _ in range(row_count)]  # the colors in each row
    for j in sorted(range(len(rows_of)), key=lambda j: -len(rows_of[j])):
        taken = set().union(*(seen[i] for i in rows_of[j])) if len(rows_of[j]) else set()
        color = next(c for c in range(len(taken) + 1) if c not in taken)
        colors[j] = color
        for i in rows_of[j]:
            seen[i].add(color)
    return colors


def pattern(along: Along, size: int, row_count: int) -> list[np.ndarray]:
    """The rows in which each column may differ from zero."""
    blocks = [(0, size)]
    rows = [np.flatnonzero(np.isnan(along(np.full(size, np.nan))))] if size else []
    while any(b - a > 1 for a, b in blocks):
        split: list[tuple[int, int]] = []
        parents: list[np.ndarray] = []
        for (a, b), found in zip(blocks, rows):
            middle = (a + b + 1) // 2
            for part in ((a, middle), (middle, b)):
                if part[0] < part[1]:
                    split.append(part)
                    parents.append(found)
        colors = greedy_colors(parents, row_count)
        results: list[Any] = [None] * len(split)
        for color in range(int(colors.max(initial=-1)) + 1):
            chosen = np.flatnonzero(colors == color)
            direction = np.zeros(size)
            for k in chosen:
                direction[split[k][0] : split[k][1]] = np.nan
            hit = np.isnan(along(direction))
            for k in chosen:
                results[k] = parents[k][hit[parents[k]]]
        blocks, rows = split, results
    columns: list[np.ndarray] = [np.zeros(0, int)] * size
    for (a, _), found in zip(blocks, rows):
        columns[a] = found
    return columns


@contextlib.contextmanager
def refused_nan(name: str) -> Iterator[None]:
    """Say of a library function that refuses NaNs that the pattern cannot be found."""
    try:
        yield
    except (np.linalg.LinAlgError, ValueError) as error:
        raise DifferentiationError(f"the pattern of the Jacobian of {name}() could not be found: {error}", hint="use jacobian") from error


class SparseJacobian:
    """The function that returns a Jacobian as a `scipy.sparse` array. See `sparse_jacobian`."""

    def __init__(self, f: Callable[..., Any], wrt: int | str = 0, name: str = "jacobian") -> None:
        if isinstance(wrt, tuple):
            raise TypeError("a sparse Jacobian is with respect to one parameter")
        self._f = f
        self._tangent = Tangent(f, wrt)
        self.__name__ = f"{self._tangent._target.name}_{name}"
        self.colors = 0  # sweeps of the last call, without those for the pattern

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from scipy import sparse

        target = self._tangent._target
        inner = (*target.prefix, *args)
        bound = target.bind(inner, kwargs)
        self._tangent._check_inputs(bound)
        name = self._tangent._wrt_names[0]
        x = bound[name]
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            raise TypeError(f"a sparse Jacobian needs an array of floats as {name!r}")
        value = value_of(self._f, args, kwargs)
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            raise TypeError(f"a sparse Jacobian needs a function that returns an array of floats, and {target.name}() returns {value!r:.40}")

        def along(direction: np.ndarray) -> np.ndarray:
            with np.errstate(invalid="ignore"), refused_nan(target.name):
                _, dot = self._tangent.along(inner, kwargs, {name: direction.reshape(x.shape).astype(x.dtype, copy=False)})
            return np.asarray(dot).ravel()

        columns = pattern(along, x.size, value.size)
        colors = greedy_colors(columns, value.size)
        self.colors = int(colors.max(initial=-1)) + 1
        data: list[np.ndarray] = [np.zeros(0)] * x.size
        for color in range(self.colors):
            chosen = np.flatnonzero(colors == color)
            direction = np.zeros(x.size)
            direction[chosen] = 1.0
            found = along(direction)
            for j in chosen:
                data[j] = found[columns[j]]
        starts = np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(int)
        entries = [np.concatenate(parts) if parts else np.zeros(0) for parts in (data, columns)]
        made = sparse.csc_array((entries[0], entries[1].astype(int), starts), shape=(value.size, x.size))
        probe = np.random.default_rng(0).normal(size=x.size)
        expected, product = along(probe), made @ probe
        scale = abs(made) @ np.abs(probe) + np.abs(expected)
        tolerance = 1e3 * np.finfo(x.dtype).eps
        if not np.all((np.abs(expected - product) <= tolerance * scale) | ~np.isfinite(expected)):
            raise DifferentiationError(
                f"the pattern of the Jacobian of {target.name}() could not be found: its tangent is not linear in NaNs", hint="use jacobian")
        return made


def sparse_jacobian(f: Callable[..., Any], wrt: int | str = 0) -> SparseJacobian:
    """The function that returns the Jacobian of `f` as a `scipy.sparse.csc_array` of shape `(value.size, x.size)`.

    `f` takes an array of floats as its parameter `wrt` and returns one; either is flattened in C order. The pattern, that of the
    point, is found anew with each call, the number of sweeps grows with the number of entries in a row and with the logarithm of
    `x.size`. Needs SciPy. A TypeError for anything but arrays of floats.

    >>> sparse_jacobian(lambda x: x[1:] * x[:-1])(np.array([1.0, 2.0, 3.0])).toarray()
    array([[2., 1., 0.],
           [0., 3., 2.]])
    """
    return SparseJacobian(f, wrt)


def sparse_hessian(f: Callable[..., Any], wrt: Wrt = 0) -> SparseJacobian:
    """The function that returns the Hessian of `f`, which returns one number, as a `scipy.sparse.csc_array`.

    >>> sparse_hessian(lambda x: np.sum(x[1:] ** 2 * x[:-1]))(np.array([1.0, 2.0, 3.0])).toarray()
    array([[0., 4., 0.],
           [4., 2., 6.],
           [0., 6., 4.]])
    """
    if isinstance(wrt, tuple):
        raise TypeError("a sparse Hessian is with respect to one parameter")
    return SparseJacobian(Gradient(f, wrt, "grad"), wrt, "hessian")
