"""Array helpers that emitted code may call: the adjoints and tangents of `np.pad`. NumPy only.

`np.pad` pads one axis after the other, so its adjoint folds the padding of one axis after the other back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import share_ties, unbroadcast
from s2sad.runtime_statistics import quantile_bar, quantile_dot

__all__ = [
    "crop_padding", "pad_bar", "pad_statistic_dot", "pad_values_bar",
]  # fmt: skip


def _widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How much `np.pad` puts before and after each axis."""
    if isinstance(pad_width, dict):
        wide = {k % ndim: w if isinstance(w, tuple) else (w, w) for k, w in pad_width.items()}
        return [wide.get(k, (0, 0)) for k in range(ndim)]
    return [(int(a), int(b)) for a, b in np.broadcast_to(pad_width, (ndim, 2))]


def crop_padding(g: Any, array: Any, pad_width: Any) -> Any:
    """The adjoint of `np.pad` with constant values: the part of `g` that is not padding."""
    pairs = _widths(pad_width, np.ndim(array))
    return g[tuple(slice(first, first + n) for (first, _), n in zip(pairs, np.shape(array)))]


def pad_bar(
    g: Any, array: Any, pad_width: Any, mode: str, stat_length: Any = None, reflect_type: str = "even"
) -> Any:
    """The adjoint of `array` of `np.pad(array, pad_width, mode)`, of all modes but "empty"."""
    pairs = _widths(pad_width, np.ndim(array))
    lengths = [None] * len(pairs) if stat_length is None else _widths(stat_length, len(pairs))
    stages = [np.asarray(array)]  # padded along the axes before
    for k, pair in enumerate(pairs[:-1]):
        stages.append(_pad_one(stages[-1], k, pair, mode, lengths[k], reflect_type))
    for k in reversed(range(len(pairs))):
        part = _fold(np.moveaxis(g, k, 0), np.moveaxis(stages[k], k, 0), pairs[k], mode, lengths[k], reflect_type)
        g = np.moveaxis(part, 0, k)
    return g


def pad_values_bar(g: Any, values: Any, array: Any, pad_width: Any, mode: str) -> Any:
    """The adjoint of the constant values of `np.pad`, or of the end values of its ramps."""
    pairs = _widths(pad_width, np.ndim(array))
    found = np.zeros((len(pairs), 2), np.result_type(g))
    for k in reversed(range(len(pairs))):
        rows = np.moveaxis(g, k, 0)
        n = np.shape(array)[k]
        for end, part in enumerate((rows[: pairs[k][0]], rows[pairs[k][0] + n :][::-1])):
            weights = 1.0 - _ramp(len(part), part) if mode == "linear_ramp" else np.ones_like(part)
            found[k, end] = np.sum(part * weights)
        g = np.moveaxis(_fold(rows, np.empty((n, *rows.shape[1:])), pairs[k], mode, None, "even"), 0, k)
    return unbroadcast(found, values)


def pad_statistic_dot(array_dot: Any, array: Any, pad_width: Any, mode: str, stat_length: Any = None) -> Any:
    """The tangent of `np.pad` in the modes "maximum", "minimum" and "median"."""
    pairs = _widths(pad_width, np.ndim(array))
    lengths = [None] * len(pairs) if stat_length is None else _widths(stat_length, len(pairs))
    x, x_dot = np.asarray(array), array_dot
    for k, (pair, length) in enumerate(zip(pairs, lengths)):
        rows, rows_dot = np.moveaxis(x, k, 0), np.moveaxis(x_dot, k, 0)
        before, after = (len(rows),) * 2 if length is None else length
        ends = (slice(0, before), slice(max(len(rows) - after, 0), None))
        low, high = (np.broadcast_to(_statistic_dot(rows_dot[e], rows[e], mode), (w, *rows.shape[1:])) for e, w in zip(ends, pair))
        x_dot = np.moveaxis(np.concatenate([low, rows_dot, high]), 0, k)
        x = _pad_one(x, k, pair, mode, length, "even")
    return x_dot


def _pad_one(x: Any, k: int, pair: tuple[int, int], mode: str, length: Any, reflect_type: str) -> Any:
    """`x` padded along the axis `k` only."""
    pairs = [(0, 0)] * np.ndim(x)
    pairs[k] = pair
    if length is not None:
        length = [length if j == k else (1, 1) for j in range(np.ndim(x))]
    if mode in ("reflect", "symmetric"):
        return np.pad(x, pairs, mode, reflect_type=reflect_type)  # type: ignore[call-overload]
    if length is not None and mode in ("maximum", "minimum", "mean", "median"):
        return np.pad(x, pairs, mode, stat_length=length)  # type: ignore[call-overload]
    return np.pad(x, pairs, mode)  # type: ignore[call-overload]


def _fold(g: Any, x: Any, pair: tuple[int, int], mode: str, length: Any, reflect_type: str) -> Any:
    """The adjoint of `x` where its first axis was padded."""
    first, last = pair
    n = len(x)
    if mode in ("edge", "wrap") or mode in ("reflect", "symmetric") and reflect_type == "even":
        out = np.zeros(x.shape, np.result_type(g))
        np.add.at(out, np.pad(np.arange(n), pair, mode), g)  # type: ignore[call-overload]
        return out
    if mode in ("reflect", "symmetric"):
        weights = np.pad(np.eye(n, dtype=np.result_type(g)), (pair, (0, 0)), mode, reflect_type=reflect_type)  # type: ignore[call-overload]
        return np.tensordot(weights, g, (0, 0))
    out = np.array(g[first : first + n])
    if mode == "linear_ramp":
        out[0] += np.sum(g[:first] * _ramp(first, g), axis=0)
        out[-1] += np.sum(g[first + n :][::-1] * _ramp(last, g), axis=0)
        return out
    if mode != "constant":
        before, after = (n, n) if length is None else length
        if first:
            out[:before] += _statistic_bar(np.sum(g[:first], axis=0), x[:before], mode)
        if last:
            out[max(n - after, 0) :] += _statistic_bar(np.sum(g[first + n :], axis=0), x[max(n - after, 0) :], mode)
    return out


def _ramp(width: int, g: Any) -> Any:
    """How much of the edge is in each element of a ramp, from the outside on, shaped to broadcast against `g`."""
    return np.reshape(np.arange(width) / max(width, 1), (-1,) + (1,) * (np.ndim(g) - 1))


def _statistic_bar(g: Any, x: Any, mode: str) -> Any:
    """The adjoint of `x` where its extremum, mean or median along the first axis was taken."""
    if mode == "mean":
        return g / len(x)
    if mode == "median":
        return quantile_bar(g, x, 0.5, 0)
    return share_ties(g, np.max(x, axis=0) if mode == "maximum" else np.min(x, axis=0), x, 0)


def _statistic_dot(x_dot: Any, x: Any, mode: str) -> Any:
    """The tangent of the extremum or the median of `x` along the first axis."""
    if mode == "median":
        return quantile_dot(x_dot, np.median(x, axis=0), x, 0.5, 0)
    extremum = np.max(x, axis=0) if mode == "maximum" else np.min(x, axis=0)
    return np.sum(share_ties(np.ones_like(extremum), extremum, x, 0) * x_dot, axis=0)
