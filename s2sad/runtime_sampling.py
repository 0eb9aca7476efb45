"""Array helpers that emitted code may call: interpolation, differences, quadrature, quantiles. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import align_axis, unbroadcast

__all__ = [
    "diff_bar", "gradient_bar", "gradient_spacing_bar", "interp_nodes_bar", "interp_slope", "interp_values_bar",
    "quantile_bar", "trapezoid_nodes_bar", "trapezoid_step_bar", "trapezoid_values_bar",
]  # fmt: skip


def diff_bar(g: Any, n: int = 1, axis: int = -1) -> Any:
    """The adjoint of `np.diff`: minus the difference of `g` with a zero put at both ends, `n` times."""
    for _ in range(n):
        edge = np.zeros_like(np.take(g, [], axis=axis), shape=_with_extent(g, axis, 1))
        g = -np.diff(np.concatenate([edge, g, edge], axis=axis), axis=axis)
    return g


def _with_extent(g: Any, axis: int, extent: int) -> tuple[int, ...]:
    shape = list(np.shape(g))
    shape[axis] = extent
    return tuple(shape)


# --- quadrature ---------------------------------------------------------------------------------------------


def _panels(a: Any, axis: int) -> tuple[Any, Any]:
    """The left and the right ends of the panels of the samples `a`."""
    samples = np.moveaxis(np.asarray(a), axis, 0)
    return np.moveaxis(samples[:-1], 0, axis), np.moveaxis(samples[1:], 0, axis)


def trapezoid_values_bar(g: Any, y: Any, x: Any, dx: Any, axis: int = -1) -> Any:
    """The adjoint of the samples `y` of the trapezoidal rule."""
    if x is None:
        step = align_axis(dx, y, axis) if np.ndim(dx) == 1 else dx
    else:
        step = align_axis(np.diff(x), y, axis) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    left, _ = _panels(y, axis)
    half = np.broadcast_to(np.expand_dims(g, axis) * step * 0.5, np.shape(left))
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
    aligned = align_axis(dx, y, axis) if np.ndim(dx) == 1 else dx
    return np.reshape(unbroadcast(_panel_width_bar(g, y, axis), aligned), np.shape(dx))


# --- finite differences -------------------------------------------------------------------------------------


def _axes_and_spacings(f: Any, varargs: Any, axis: Any) -> list[tuple[int, Any]]:
    axes = range(np.ndim(f)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    if any(np.ndim(h) > 0 for h in spacings):
        raise NotImplementedError("np.gradient with coordinates instead of a spacing has no derivative rule")
    return list(zip(axes, spacings))


def gradient_bar(g: Any, f: Any, varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The adjoint of `f` of `np.gradient` with constant spacings."""
    pairs = _axes_and_spacings(f, varargs, axis)
    parts = g if isinstance(g, (list, tuple)) else [g]
    total = np.zeros(np.shape(f), np.result_type(*(part for part in parts if part is not None)))
    for (k, h), part in zip(pairs, parts):
        if part is None:
            continue
        u, out = np.moveaxis(part, k, 0) / h, np.moveaxis(total, k, 0)
        out[2:] += 0.5 * u[1:-1]
        out[:-2] -= 0.5 * u[1:-1]
        edge = (-1.0, 1.0, 0.0) if edge_order == 1 else (-1.5, 2.0, -0.5)
        for j, weight in enumerate(edge[: len(out)]):
            out[j] += weight * u[0]
            out[-1 - j] -= weight * u[-1]
    return total


def gradient_spacing_bar(g: Any, y: Any, f: Any, varargs: Any, axis: Any = None) -> list[Any]:
    """The adjoints of the spacings of `np.gradient`."""
    pairs = _axes_and_spacings(f, varargs, axis)
    parts, values = (g, y) if isinstance(g, (list, tuple)) else ([g], [y])
    bars = [
        0.0 if part is None else -np.sum(part * value) / h
        for (_, h), part, value in zip(pairs, parts, values)
    ]
    return bars if len(varargs) == len(pairs) else [sum(bars)]


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
    k, t, inside = _intervals(x, xp)
    slope_bar = np.where(inside, g * interp_slope(x, xp, fp), 0.0)
    out = np.zeros(np.shape(xp), np.result_type(g))
    np.add.at(out, k, -slope_bar * (1.0 - t))
    np.add.at(out, np.minimum(k + 1, len(out) - 1), -slope_bar * t)
    return out


# --- quantiles ----------------------------------------------------------------------------------------------


def quantile_bar(g: Any, a: Any, q: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The adjoint of `np.quantile` with linear interpolation between the two nearest order statistics."""
    a = np.asarray(a)
    axes = tuple(range(a.ndim)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    axes = tuple(k % a.ndim for k in axes)
    kept = tuple(k for k in range(a.ndim) if k not in axes)
    moved = np.transpose(a, kept + axes)
    rows = np.reshape(moved, (*(a.shape[k] for k in kept), -1))
    order = np.argsort(rows, axis=-1, kind="stable")
    out = np.zeros(rows.shape, np.result_type(g))
    levels = np.ravel(q)
    for level, part in zip(levels, np.reshape(g, (len(levels), *rows.shape[:-1]))):
        position = float(level) * (rows.shape[-1] - 1)
        low = int(position)
        high = min(low + 1, rows.shape[-1] - 1)
        for rank, weight in ((low, 1.0 - (position - low)), (high, position - low)):
            where = order[..., rank : rank + 1]
            np.put_along_axis(out, where, np.take_along_axis(out, where, -1) + weight * part[..., None], -1)
    return np.transpose(np.reshape(out, moved.shape), np.argsort(kept + axes))
