"""Array helpers that emitted code may call: interpolation, differences, quadrature, quantiles. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import align_axis, cast_like, unbroadcast

__all__ = [
    "diff_bar", "diff_ends_bar", "ediff1d_bar", "interp_nodes_bar", "interp_slope", "interp_slope_bar",
    "interp_values_bar", "panel_widths", "trapezoid_nodes_bar", "trapezoid_step_bar", "trapezoid_sum",
    "trapezoid_values_bar",
]  # fmt: skip


def diff_bar(g: Any, n: int = 1, axis: int = -1, a: Any = None) -> Any:
    """The adjoint of `np.diff(a, n, axis)`: minus the difference of `g` with a zero put at both ends, `n` times.

    Zeros where `a` is too short for `n` differences.
    """
    if a is not None and np.shape(a)[axis] <= n and n:
        return np.zeros(np.shape(a), np.result_type(g))
    for _ in range(n):
        edge = np.zeros_like(np.take(g, [], axis=axis), shape=_with_extent(g, axis, 1))
        g = -np.diff(np.concatenate([edge, g, edge], axis=axis), axis=axis)
    return g


def _with_extent(g: Any, axis: int, extent: int) -> tuple[int, ...]:
    shape = list(np.shape(g))
    shape[axis] = extent
    return tuple(shape)


def diff_ends_bar(g: Any, a: Any, n: int, axis: int, prepend: Any, append: Any) -> tuple[Any, Any, Any]:
    """The adjoints of `a`, `prepend` and `append` of `np.diff`; None for an end that was not given."""
    if n == 0:  # then NumPy leaves the ends out
        return g, *(None if end is None else np.zeros_like(end) for end in (prepend, append))
    extents = [0 if end is None else 1 if np.ndim(end) == 0 else np.shape(end)[axis] for end in (prepend, append)]
    joined = np.broadcast_to(0.0, _with_extent(a, axis, np.shape(a)[axis] + sum(extents)))
    whole = np.moveaxis(diff_bar(g, n, axis, joined), axis, 0)
    first, last = extents[0], len(whole) - extents[1]
    parts = (whole[first:last], whole[:first], whole[last:])
    found = [np.moveaxis(part, 0, axis) for part in parts]
    before = None if prepend is None else unbroadcast(found[1], prepend)
    return found[0], before, None if append is None else unbroadcast(found[2], append)


def ediff1d_bar(g: Any, ary: Any, to_end: Any, to_begin: Any) -> tuple[Any, Any, Any]:
    """The adjoints of `ary`, `to_end` and `to_begin` of `np.ediff1d`; None for an end that was not given."""
    first = 0 if to_begin is None else np.size(to_begin)
    last = len(g) - (0 if to_end is None else np.size(to_end))
    ends = ((to_end, g[last:]), (to_begin, g[:first]))
    found = [None if end is None else cast_like(np.reshape(part, np.shape(end)), end) for end, part in ends]
    return np.reshape(diff_bar(g[first:last], 1, -1), np.shape(ary)), found[0], found[1]


# --- quadrature ---------------------------------------------------------------------------------------------


def _panels(a: Any, axis: int) -> tuple[Any, Any]:
    """The left and the right ends of the panels of the samples `a`."""
    samples = np.moveaxis(np.asarray(a), axis, 0)
    return np.moveaxis(samples[:-1], 0, axis), np.moveaxis(samples[1:], 0, axis)


def trapezoid_values_bar(g: Any, y: Any, x: Any, dx: Any, axis: int = -1) -> Any:
    """The adjoint of the samples `y` of the trapezoidal rule."""
    left, _ = _panels(y, axis)
    half = np.broadcast_to(np.expand_dims(g, axis) * panel_widths(x, dx, y, axis) * 0.5, np.shape(left))
    edge = np.zeros_like(half, shape=_with_extent(half, axis, 1))
    return np.concatenate([half, edge], axis=axis) + np.concatenate([edge, half], axis=axis)


def _panel_width_bar(g: Any, y: Any, axis: int) -> Any:
    left, right = _panels(y, axis)
    return np.expand_dims(g, axis) * ((left + right) * 0.5)


def trapezoid_nodes_bar(g: Any, y: Any, x: Any, axis: int = -1) -> Any:
    """The adjoint of the nodes `x` of the trapezoidal rule."""
    nodes_bar = diff_bar(_panel_width_bar(g, y, axis), 1, axis)
    return np.reshape(unbroadcast(nodes_bar, align_axis(x, y, axis)), np.shape(x))


def trapezoid_step_bar(g: Any, y: Any, x: Any, dx: Any, axis: int = -1) -> Any:
    """The adjoint of the spacing `dx` of the trapezoidal rule."""
    if x is not None:
        return np.zeros_like(dx)
    return unbroadcast(_panel_width_bar(g, y, axis), dx)


def panel_widths(x: Any, dx: Any, y: Any, axis: int = -1) -> Any:
    """The widths of the panels of the trapezoidal rule, shaped so that they broadcast against the panels of `y`."""
    if x is None:
        return dx
    return align_axis(np.diff(x), y, axis) if np.ndim(x) == 1 else np.diff(x, axis=axis)


def trapezoid_sum(y: Any, widths: Any, axis: int = -1) -> Any:
    """The trapezoidal rule with panels of given widths."""
    left, right = _panels(y, axis)
    return np.sum((left + right) * (0.5 * widths), axis=axis)


# --- interpolation ------------------------------------------------------------------------------------------


def _intervals(x: Any, xp: Any) -> tuple[Any, Any, Any]:
    """For each `x` its interval of `xp`, its position in there from 0 to 1, and whether it is inside."""
    x, xp = np.asarray(x), np.asarray(xp)
    k = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, max(len(xp) - 2, 0))
    width = xp[np.minimum(k + 1, len(xp) - 1)] - xp[k]
    inside = (x >= xp[0]) & (x <= xp[-1])
    t = np.where(inside, (x - xp[k]) / np.where(width == 0.0, 1.0, width), 0.0)
    return k, t, inside & (width > 0.0)


def interp_slope(x: Any, xp: Any, fp: Any) -> Any:
    """The slope of the interpolant at `x`; zero outside, the slope to the right at a node."""
    k, _, inside = _intervals(x, xp)
    xp, fp = np.asarray(xp), np.asarray(fp)
    right = np.minimum(k + 1, len(xp) - 1)
    return np.where(inside, (fp[right] - fp[k]) / np.where(inside, xp[right] - xp[k], 1.0), 0.0)[()]


def interp_slope_bar(g: Any, x: Any, xp: Any) -> Any:
    """The adjoint of the values `fp` of `interp_slope(x, xp, fp)`."""
    k, _, inside = _intervals(x, xp)
    xp = np.asarray(xp)
    right = np.minimum(k + 1, len(xp) - 1)
    share = np.where(inside, g / np.where(inside, xp[right] - xp[k], 1.0), 0.0)
    out = np.zeros(np.shape(xp), np.result_type(g))
    np.add.at(out, right, share)
    np.subtract.at(out, k, share)
    return out


def interp_values_bar(g: Any, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    """The adjoint of the values `fp` of `np.interp`."""
    k, t, inside = _intervals(x, xp)
    out = np.zeros(np.shape(fp), np.result_type(g))
    last = len(out) - 1
    np.add.at(out, k, np.where(inside, g * (1.0 - t), 0.0))
    np.add.at(out, np.minimum(k + 1, last), np.where(inside, g * t, 0.0))
    below, above = np.less(x, xp[0]), ~inside & np.greater_equal(x, xp[0])
    out[0] += np.sum(np.where(below & (left is None), g, 0.0))
    out[last] += np.sum(np.where(above & (right is None), g, 0.0))
    return out


def interp_nodes_bar(g: Any, x: Any, xp: Any, fp: Any) -> Any:
    """The adjoint of the nodes `xp` of `np.interp`."""
    return -interp_values_bar(g * interp_slope(x, xp, fp), x, xp, fp, 0.0, 0.0)
