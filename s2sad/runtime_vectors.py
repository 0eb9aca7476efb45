"""Helpers for many tangents at once: arrays with an axis of directions in front, in lists and tuples. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["along_axes", "direction", "like_along", "reshape_along", "stack_along", "zeros_along"]


def zeros_along(x: Any, count: int) -> Any:
    """Zero tangents of `x` along `count` directions; None for what holds no floats."""
    if isinstance(x, (list, tuple)):
        return [zeros_along(item, count) for item in x]
    if isinstance(x, dict):
        return {key: zeros_along(item, count) for key, item in x.items()}
    dtype = np.asarray(x).dtype
    if dtype.kind not in "biufc":
        return None
    return np.zeros((count, *np.shape(x)), dtype if dtype.kind in "fc" else float)


def direction(x_dot: Any, k: int) -> Any:
    """The tangent along one of the directions: a view of each array."""
    if isinstance(x_dot, (list, tuple)):
        return [direction(item, k) for item in x_dot]
    return None if x_dot is None else x_dot[k]


def stack_along(parts: list[Any]) -> Any:
    """One array of tangents from those along each direction; of lists, one for each item."""
    if isinstance(parts[0], (list, tuple)):
        return [stack_along([part[i] for part in parts]) for i in range(len(parts[0]))]
    return np.stack(parts)


def like_along(x: Any, x_dot: Any, count: int) -> Any:
    """`x_dot` as tangents of `x` along `count` directions: its shape and dtype, in memory of its own."""
    dtype = np.asarray(x).dtype
    return np.array(np.broadcast_to(x_dot, (count, *np.shape(x))), dtype if dtype.kind in "fc" else None)


def reshape_along(x_dot: Any, y: Any) -> Any:
    """The tangents of a reshaped array: each in the shape of `y`."""
    return np.reshape(x_dot, (len(x_dot), *np.shape(y)))


def along_axes(x: Any, axis: Any) -> Any:
    """The axes of the tangents of `x` that are the axes `axis` of `x`; all of them for None."""
    ndim = np.ndim(x)
    if axis is None:
        return tuple(range(1, ndim + 1))
    return tuple(k % ndim + 1 for k in axis) if isinstance(axis, tuple) else axis % ndim + 1
