"""Array helpers that emitted code may call: the finite differences of `np.gradient`. NumPy only.

The formulas of the documentation of `np.gradient`, written with the slopes `s1` and `s2` of neighbouring intervals of
widths `h1` and `h2`: at their common end the difference is `(h2 * s1 + h1 * s2) / (h1 + h2)`; at the outer ends, of
second order, `s1 - h1 * (s2 - s1) / (h1 + h2)` and `s2 + h2 * (s2 - s1) / (h1 + h2)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like

__all__ = [
    "gradient_bar", "gradient_dot", "gradient_spacing_bar",
]  # fmt: skip


def _axes_and_spacings(f: Any, varargs: Any, axis: Any) -> list[tuple[int, Any]]:
    axes = range(np.ndim(f)) if axis is None else (axis if isinstance(axis, tuple) else (axis,))
    spacings = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    return list(zip(axes, spacings))


def _widths(h: Any, f: Any) -> Any:
    """The widths of the intervals along the first axis of `f`, shaped so that they broadcast against `f`."""
    widths = np.diff(h) if np.ndim(h) else np.full(len(f) - 1, h)
    return np.reshape(widths, (-1,) + (1,) * (np.ndim(f) - 1))


def _slopes_bar(u: Any, h: Any, edge_order: int) -> Any:
    """The adjoint of the slopes of all intervals from that of the differences."""
    h1, h2 = h[:-1], h[1:]
    out = np.zeros((len(u) - 1, *u.shape[1:]), np.result_type(u))
    out[:-1] += u[1:-1] * (h2 / (h1 + h2))
    out[1:] += u[1:-1] * (h1 / (h1 + h2))
    if edge_order == 1:
        out[0] += u[0]
        out[-1] += u[-1]
    else:
        left, right = h1[0] / (h1[0] + h2[0]), h2[-1] / (h1[-1] + h2[-1])
        out[0] += u[0] * (1.0 + left)
        out[1] -= u[0] * left
        out[-1] += u[-1] * (1.0 + right)
        out[-2] -= u[-1] * right
    return out


def _weights_bar(u: Any, s: Any, h: Any, edge_order: int) -> Any:
    """The adjoint of the widths of all intervals where the slopes `s` do not vary with them."""
    h1, h2, s1, s2 = h[:-1], h[1:], s[:-1], s[1:]
    out = np.zeros(np.shape(u[1:]), np.result_type(u))
    bend = (s2 - s1) / (h1 + h2) ** 2
    out[:-1] += u[1:-1] * (h2 * bend)
    out[1:] -= u[1:-1] * (h1 * bend)
    if edge_order == 2:
        out[0] -= u[0] * (h2[0] * bend[0])
        out[1] += u[0] * (h1[0] * bend[0])
        out[-1] += u[-1] * (h1[-1] * bend[-1])
        out[-2] -= u[-1] * (h2[-1] * bend[-1])
    return out


def gradient_bar(g: Any, f: Any, varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The adjoint of `f` of `np.gradient(f, *varargs, axis=axis, edge_order=edge_order)`."""
    parts = g if isinstance(g, (list, tuple)) else [g]
    total = np.zeros(np.shape(f), np.result_type(*(part for part in parts if part is not None)))
    for (k, h), part in zip(_axes_and_spacings(f, varargs, axis), parts):
        if part is not None:
            out = np.moveaxis(total, k, 0)
            widths = _widths(h, out)
            difference_bar = _slopes_bar(np.moveaxis(part, k, 0), widths, edge_order) / widths
            out[1:] += difference_bar
            out[:-1] -= difference_bar
    return total


def gradient_spacing_bar(g: Any, y: Any, f: Any, varargs: Any, axis: Any = None, edge_order: int = 1) -> list[Any]:
    """The adjoints of the spacings, or of the coordinates, of `np.gradient`."""
    pairs = _axes_and_spacings(f, varargs, axis)
    parts, values = (g, y) if isinstance(g, (list, tuple)) else ([g], [y])
    bars: list[Any] = []
    for (k, h), part, value in zip(pairs, parts, values):
        if part is None:
            bars.append(np.zeros_like(h))
        elif np.ndim(h) == 0:
            bars.append(cast_like(-np.sum(part * value) / h, h))
        else:
            u, values_along = np.moveaxis(part, k, 0), np.moveaxis(np.asarray(f), k, 0)
            widths = _widths(h, values_along)
            slopes = np.diff(values_along, axis=0) / widths
            widths_bar = _weights_bar(u, slopes, widths, edge_order) - _slopes_bar(u, widths, edge_order) * slopes / widths
            along = np.sum(np.reshape(widths_bar, (len(widths_bar), -1)), axis=1)
            edge = np.zeros_like(along[:1])
            bars.append(cast_like(-np.diff(np.concatenate([edge, along, edge])), h))
    return bars if len(varargs) == len(pairs) else [sum(bars)]


def gradient_dot(f_dot: Any, y: Any, f: Any, varargs: Any, varargs_dot: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """The tangent of `y = np.gradient(f, *varargs, axis=axis, edge_order=edge_order)`; None stands for a tangent of zeros."""
    pairs = _axes_and_spacings(f, varargs, axis)
    steps_dot = tuple(varargs_dot) if len(varargs) == len(pairs) else tuple(varargs_dot or (None,)) * len(pairs)
    values = y if isinstance(y, (list, tuple)) else [y]
    found = []
    for (k, h), h_dot, value in zip(pairs, steps_dot, values):
        along, part = np.moveaxis(np.asarray(f), k, 0), np.zeros_like(value)
        widths = _widths(h, along)
        slopes_dot = np.zeros_like(np.diff(along, axis=0))
        if f_dot is not None:
            slopes_dot = slopes_dot + np.diff(np.moveaxis(f_dot, k, 0), axis=0) / widths
        if h_dot is not None:
            slopes = np.diff(along, axis=0) / widths
            widths_dot = _widths(h_dot, along)
            slopes_dot = slopes_dot - slopes * (widths_dot / widths)
            part = part + np.moveaxis(_by_weights(slopes, widths, widths_dot, edge_order), 0, k)
        found.append(part + np.moveaxis(_by_slopes(slopes_dot, widths, edge_order), 0, k))
    return type(y)(found) if isinstance(y, (list, tuple)) else found[0]


def _by_slopes(s_dot: Any, h: Any, edge_order: int) -> Any:
    """The tangent of the differences from that of the slopes; the transpose of `_slopes_bar`."""
    h1, h2 = h[:-1], h[1:]
    out = np.zeros((len(s_dot) + 1, *s_dot.shape[1:]), np.result_type(s_dot))
    out[1:-1] = (h2 * s_dot[:-1] + h1 * s_dot[1:]) / (h1 + h2)
    out[0], out[-1] = s_dot[0], s_dot[-1]
    if edge_order == 2:
        out[0] -= (s_dot[1] - s_dot[0]) * (h1[0] / (h1[0] + h2[0]))
        out[-1] += (s_dot[-1] - s_dot[-2]) * (h2[-1] / (h1[-1] + h2[-1]))
    return out


def _by_weights(s: Any, h: Any, h_dot: Any, edge_order: int) -> Any:
    """The tangent of the differences from that of the widths where slopes do not vary; the transpose of `_weights_bar`."""
    h1, h2 = h[:-1], h[1:]
    out = np.zeros((len(s) + 1, *s.shape[1:]), np.result_type(s, h_dot))
    change = (s[1:] - s[:-1]) / (h1 + h2) ** 2 * (h2 * h_dot[:-1] - h1 * h_dot[1:])
    out[1:-1] = change
    if edge_order == 2:
        out[0], out[-1] = -change[0], -change[-1]
    return out
