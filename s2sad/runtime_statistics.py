"""Array helpers that emitted code may call: order statistics, covariances, histograms. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import from_rows, rows_of, share_ties

__all__ = [
    "corrcoef_bar", "corrcoef_dot", "cov_bar", "cov_dot", "histogram_bar", "histogram_dot", "quantile_bar",
    "quantile_dot",
]  # fmt: skip

# --- quantiles ----------------------------------------------------------------------------------------------


def _ranks(rows: Any, q: float, method: str, skip_nan: bool) -> tuple[Any, Any, Any]:
    """For each row the two ranks that the quantile `q` is between, and its distance from the lower one.

    The quantile of the ranks themselves is the place, by any method, since a method weighs two neighbours at most.
    """
    size = rows.shape[-1]
    counts = np.sum(~np.isnan(rows), axis=-1) if skip_nan else np.full(rows.shape[:-1], size)
    place = np.zeros(np.shape(counts))
    for n in np.unique(counts):
        if n:
            place[counts == n] = np.quantile(np.arange(float(n)), q, method=method)  # type: ignore[call-overload]
    place = np.where(np.abs(place - np.rint(place)) < 1e-9 * size, np.rint(place), place)
    low = np.floor(place).astype(int)
    return low, np.minimum(low + 1, np.maximum(counts - 1, 0)), (place - low).astype(np.result_type(rows))


def quantile_bar(g: Any, a: Any, q: Any, axis: Any = None, method: str = "linear", skip_nan: bool = False) -> Any:
    """The adjoint of `a` of `np.quantile(a, q, axis, method=method)`, or of `np.nanquantile`."""
    rows = rows_of(a, axis)
    out = np.zeros(rows.shape, np.result_type(g))
    if not rows.size:  # the quantile of no elements is not a number
        return from_rows(out, a, axis)
    order = np.argsort(rows, axis=-1, kind="stable")
    levels = np.ravel(q)
    for level, part in zip(levels, np.reshape(g, (len(levels), *rows.shape[:-1]))):
        low, high, t = _ranks(rows, float(level), method, skip_nan)
        for rank, weight in ((low, 1.0 - t), (high, t)):
            where = np.take_along_axis(order, rank[..., None], -1)
            np.put_along_axis(out, where, np.take_along_axis(out, where, -1) + (weight * part)[..., None], -1)
    return from_rows(out, a, axis)


def quantile_dot(
    a_dot: Any, y: Any, a: Any, q: Any, axis: Any = None, method: str = "linear", skip_nan: bool = False
) -> Any:
    """The tangent of `y = np.quantile(a, q, axis, method=method)`, or of `np.nanquantile`."""
    rows, rows_dot = rows_of(a, axis), rows_of(a_dot, axis)
    if not rows.size:
        return np.zeros_like(y)[()]
    order = np.argsort(rows, axis=-1, kind="stable")
    sorted_dot = np.take_along_axis(rows_dot, order, -1)
    parts = []
    for level in np.ravel(q):
        low, high, t = _ranks(rows, float(level), method, skip_nan)
        lower, upper = (np.take_along_axis(sorted_dot, k[..., None], -1)[..., 0] for k in (low, high))
        parts.append((1.0 - t) * lower + t * upper)
    return np.reshape(np.array(parts, np.result_type(y)), np.shape(y))[()]


# --- covariances --------------------------------------------------------------------------------------------


def _deviations(m: Any, y: Any, rowvar: bool, fweights: Any, aweights: Any) -> tuple[Any, Any]:
    """The variables of `np.cov` as rows, minus their means, and the weights of their observations."""
    rows = _variables(m, rowvar)
    if y is not None:
        rows = np.concatenate([rows, _variables(y, rowvar)])
    weights = np.ones(rows.shape[1], np.real(rows).dtype)
    for w in (fweights, aweights):
        weights = weights if w is None else weights * w
    return rows - np.sum(rows * weights, axis=1, keepdims=True) / np.sum(weights), weights


def _variables(m: Any, rowvar: bool) -> Any:
    rows = np.atleast_2d(m)
    return rows if rowvar or np.ndim(m) < 2 else rows.T


def _degrees_of_freedom(weights: Any, bias: bool, ddof: Any, aweights: Any) -> Any:
    """What `np.cov` divides by (its documentation gives the formula)."""
    ddof = (0 if bias else 1) if ddof is None else ddof
    total = np.sum(weights)
    found = total - (ddof if aweights is None or not ddof else ddof * np.sum(weights * aweights) / total)
    return found if found > 0.0 else 0.0


def cov_bar(
    g: Any, m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
    fweights: Any = None, aweights: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The adjoints of `m` and `y` of `np.cov`; that of `y` is None if there is none."""
    deviations, weights = _deviations(m, y, rowvar, fweights, aweights)
    g = np.reshape(g, (len(deviations), len(deviations)))
    scale = weights / _degrees_of_freedom(weights, bias, ddof, aweights)
    rows_bar = (g @ np.conj(deviations) + np.conj(g.T @ deviations)) * scale
    count = len(_variables(m, rowvar))
    return _of_variables(rows_bar[:count], m, rowvar), None if y is None else _of_variables(rows_bar[count:], y, rowvar)


def _of_variables(rows_bar: Any, m: Any, rowvar: bool) -> Any:
    """The adjoint of `m` from that of its variables."""
    return np.reshape(rows_bar if rowvar or np.ndim(m) < 2 else rows_bar.T, np.shape(m))


def corrcoef_bar(g: Any, r: Any, x: Any, y: Any = None, rowvar: bool = True) -> tuple[Any, Any]:
    """The adjoints of `x` and `y` of `r = np.corrcoef(x, y, rowvar)`."""
    if np.ndim(r) == 0:  # one variable: its correlation with itself is 1
        return np.zeros_like(x), None
    deviations, _ = _deviations(x, y, rowvar, None, None)
    size = np.sqrt(np.real(np.sum(deviations * np.conj(deviations), axis=1)) / (deviations.shape[1] - 1))
    c_bar = g / np.outer(size, size)
    diagonal = np.real(np.sum(g * r, axis=0) + np.sum(g * r, axis=1)) / (2.0 * size**2)
    return cov_bar(c_bar - np.diag(diagonal), x, y, rowvar)


def cov_dot(
    m_dot: Any, y_dot: Any, m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
    fweights: Any = None, aweights: Any = None,
) -> Any:  # fmt: skip
    """The tangent of `np.cov`."""
    deviations, weights = _deviations(m, y, rowvar, fweights, aweights)
    moved, _ = _deviations(m_dot, None if y is None else y_dot, rowvar, fweights, aweights)
    scaled = np.conj(deviations * (weights / _degrees_of_freedom(weights, bias, ddof, aweights)))
    half = moved @ scaled.T
    return np.squeeze(half + np.conj(half.T))[()]


def corrcoef_dot(x_dot: Any, y_dot: Any, r: Any, x: Any, y: Any = None, rowvar: bool = True) -> Any:
    """The tangent of `r = np.corrcoef(x, y, rowvar)`."""
    if np.ndim(r) == 0:
        return np.zeros_like(r)[()]
    deviations, _ = _deviations(x, y, rowvar, None, None)
    size = np.sqrt(np.real(np.sum(deviations * np.conj(deviations), axis=1)) / (deviations.shape[1] - 1))
    part = cov_dot(x_dot, y_dot, x, y, rowvar) / np.outer(size, size)
    growth = 0.5 * np.real(np.diagonal(part))
    return part - r * (growth[:, None] + growth)


# --- histograms ---------------------------------------------------------------------------------------------


def _bins_of(a: Any, edges: Any) -> tuple[Any, Any]:
    """For each value the bin that it is in, and whether it is in one; the last bin has both its ends."""
    values = np.asarray(a)
    place = np.searchsorted(edges, values, side="right") - 1
    place = np.where(values == edges[-1], len(edges) - 2, place)
    inside = (place >= 0) & (place < len(edges) - 1)
    return np.where(inside, place, 0), inside


def histogram_bar(
    g: Any, edges_bar: Any, y: Any, a: Any, bins: Any, range: Any, density: Any, weights: Any
) -> tuple[Any, Any]:
    """The adjoints of `a` and `weights` of `y = np.histogram(a, bins, range, density, weights)`.

    Values that move stay in their bins; edges that NumPy chooses move with the extreme values.
    """
    heights, edges = y
    g = np.zeros(np.shape(heights), np.result_type(edges)) if g is None else g
    edges_bar = np.zeros_like(edges) if edges_bar is None else np.array(edges_bar)
    place, inside = _bins_of(a, edges)
    total = np.sum(inside if weights is None else np.where(inside, weights, 0.0))
    counts_bar = g
    if density:
        width = np.diff(edges)
        edges_bar[:-1] += g * heights / width
        edges_bar[1:] -= g * heights / width
        counts_bar = (g / width - np.sum(g * heights)) / total
    weights_bar = None if weights is None else np.where(inside, counts_bar[place], 0.0)
    if range is not None or np.ndim(bins) > 0 or np.size(a) == 0:
        return np.zeros(np.shape(a), np.result_type(edges_bar)), weights_bar
    t = np.linspace(0.0, 1.0, len(edges))
    low = share_ties(np.sum((1.0 - t) * edges_bar), np.min(a), a)
    return low + share_ties(np.sum(t * edges_bar), np.max(a), a), weights_bar


def histogram_dot(
    a_dot: Any, weights_dot: Any, y: Any, a: Any, bins: Any, range: Any, density: Any, weights: Any
) -> tuple[Any, Any]:
    """The tangent of `y = np.histogram(a, bins, range, density, weights)`; None stands for a tangent of zeros."""
    heights, edges = y
    edges_dot = np.zeros_like(edges)
    if a_dot is not None and range is None and np.ndim(bins) == 0 and np.size(a):
        t = np.linspace(0.0, 1.0, len(edges))
        low_dot = np.sum(share_ties(1.0, np.min(a), a) * a_dot)
        edges_dot = (1.0 - t) * low_dot + t * np.sum(share_ties(1.0, np.max(a), a) * a_dot)
    heights_dot = np.zeros(np.shape(heights), np.result_type(edges))
    place, inside = _bins_of(a, edges)
    if weights_dot is not None:
        np.add.at(heights_dot, place, np.where(inside, weights_dot, 0.0))
    if density:
        width = np.diff(edges)
        total = np.sum(inside if weights is None else np.where(inside, weights, 0.0))
        heights_dot = heights_dot / (total * width) - heights * (np.sum(heights_dot) / total + np.diff(edges_dot) / width)
    return heights_dot, edges_dot
