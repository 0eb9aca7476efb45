"""Array helpers that emitted code may call: broadcasting, reductions and shapes. NumPy only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = [
    "align_axis", "broadcast_like", "cast_back", "cast_like", "count_along", "count_where", "cumprod_bar",
    "cumprod_bar_dot", "cumprod_dot", "digamma", "extremum_dot", "falling_slope", "first_positive", "from_rows", "log_or_zero",
    "polygamma_of", "power_derivative", "power_slope", "product_of_others", "products_of_others_dot", "restore_axes", "reverse_cumsum",
    "rows_of", "running_extremum_bar", "running_extremum_dot", "running_logsum_bar", "running_logsum_dot",
    "share_extremum", "share_ties", "share_ties_where", "spread", "sum_axes", "unalign_axis", "unbroadcast",
    "with_initial", "without_initial",
]  # fmt: skip

# --- broadcasting and dtypes --------------------------------------------------------------------------------


def cast_like(g: Any, x: Any) -> Any:
    """`g` in the dtype of `x`: real if `x` is real, float32 if `x` is float32, a scalar if `x` is one."""
    if not isinstance(x, (np.ndarray, np.generic)):
        if np.ndim(x) == 0:
            g = g[()] if isinstance(g, np.ndarray) else g
            return g if isinstance(x, complex) else np.real(g)
        x = np.asarray(x)
    if np.iscomplexobj(g) and not np.iscomplexobj(x):
        g = np.real(g)
    if x.dtype.kind in "fc" and getattr(g, "dtype", None) != x.dtype:
        g = np.asarray(g).astype(x.dtype)
    if isinstance(x, np.generic) and isinstance(g, np.ndarray):
        g = g[()]
    return g


def unbroadcast(g: Any, x: Any) -> Any:
    """`g` summed over the axes that broadcasting added to `x` or stretched, in the dtype of `x`; None, a zero, stays None.

    Of several results of one function, each is treated so.
    """
    if type(g) is type(x) and (type(g) is float or type(g) is np.ndarray and g.shape == x.shape and g.dtype == x.dtype):
        return g
    if g is None:
        return None
    if isinstance(x, tuple) and isinstance(g, (list, tuple)):
        return [unbroadcast(part, item) for part, item in zip(g, x)]
    shape = np.shape(x)
    if np.shape(g) != shape:
        extra = np.ndim(g) - len(shape)
        if extra > 0:
            g = np.sum(g, axis=tuple(range(extra)))
        stretched = tuple(k for k, n in enumerate(shape) if n == 1 and k < np.ndim(g) and np.shape(g)[k] != 1)
        if stretched and extra >= 0:
            g = np.sum(g, axis=stretched, keepdims=True)
        if np.shape(g) != shape:
            g = np.broadcast_to(g, shape)
    return cast_like(g, x)


def broadcast_like(g: Any, x: Any) -> Any:
    """`g` stretched to the shape of `x`, in the dtype of `x`; the transpose of `unbroadcast`."""
    return cast_like(np.broadcast_to(g, np.shape(x)), x)


def cast_back(g: Any, y: Any, x: Any) -> Any:
    """The adjoint of `x` where `y` is `x` converted; zero if `y` holds no floats. Lists stay lists."""
    if not np.issubdtype(np.result_type(y), np.inexact):
        g = np.zeros(np.shape(g))
    if isinstance(x, (list, tuple)):
        return [cast_back(part, y, item) for part, item in zip(g, x)]
    x_bar = unbroadcast(g, x)
    # a Python number has no precision of its own: neither has its adjoint
    return x_bar.item() if type(x) is float and isinstance(x_bar, np.floating) else x_bar


# --- reductions ---------------------------------------------------------------------------------------------


def restore_axes(g: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """`g`, the adjoint of a reduction of `x` over `axis`, repeated along the reduced axes."""
    if np.ndim(x) == 0:
        return np.reshape(g, ())
    if axis is not None and not keepdims:
        ndim = np.ndim(x)
        axes = axis if isinstance(axis, tuple) else (axis,)
        g = np.expand_dims(g, tuple(k % ndim for k in axes))
    elif keepdims is False:
        g = np.reshape(g, (1,) * np.ndim(x))
    return np.broadcast_to(g, np.shape(x))


def sum_axes(g: Any, y: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """`g` summed over `axis`, in the shape of `y`; the transpose of `restore_axes`."""
    return np.reshape(np.sum(g, axis=axis, keepdims=keepdims), np.shape(y))


def count_along(x: Any, axis: Any = None) -> int:
    """The number of elements of `x` that a reduction over `axis` joins into one."""
    if axis is None or np.ndim(x) == 0:
        return int(np.size(x))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return math.prod(np.shape(x)[k] for k in axes)


def share_ties(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The adjoint of the extremum `y` of `x`, divided equally among the elements of `x` that attain it."""
    ties = np.equal(x, restore_axes(y, x, axis, keepdims))
    count = np.maximum(np.count_nonzero(ties, axis=axis, keepdims=True), 1).astype(np.result_type(g))
    return np.where(ties, restore_axes(g, x, axis, keepdims) / count, 0.0)


def count_where(where: Any, x: Any, axis: Any = None) -> Any:
    """How many elements of `x` a reduction over `axis` joins where `where` is true; the axes stay, with one element."""
    count = np.sum(np.broadcast_to(where, np.shape(x)), axis=axis, keepdims=True)
    return count.astype(np.real(np.zeros((), np.result_type(x))).dtype)


def share_ties_where(
    g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> tuple[Any, Any]:
    """The adjoint of an extremum of some elements of `x` and of `initial`, divided equally among those that attain it.

    The second result is the share of `initial` in each element of the result, whose axes stay, with one element.
    """
    ties = np.equal(x, restore_axes(y, x, axis, keepdims)) & where
    count = np.count_nonzero(ties, axis=axis, keepdims=True)
    first = np.zeros(np.shape(count), bool) if initial is None else np.equal(initial, np.reshape(y, np.shape(count)))
    share = np.reshape(g, np.shape(count)) / np.maximum(count + first, 1).astype(np.result_type(g))
    return np.where(ties, share, 0.0), np.where(first, share, 0.0)


def rows_of(x: Any, axis: Any = None) -> Any:
    """`x` with the axes that a reduction over `axis` joins made one, the last; the transpose of `from_rows`."""
    x = np.asarray(x)
    joined = tuple(range(x.ndim)) if axis is None else tuple(k % x.ndim for k in (axis if isinstance(axis, tuple) else (axis,)))
    kept = tuple(k for k in range(x.ndim) if k not in joined)
    shape = (*(x.shape[k] for k in kept), math.prod(x.shape[k] for k in joined))
    return np.reshape(np.transpose(x, kept + joined), shape)


def from_rows(rows: Any, x: Any, axis: Any = None) -> Any:
    """An array in the shape of `x` from its `rows_of`."""
    shape = np.shape(x)
    ndim = len(shape)
    joined = tuple(range(ndim)) if axis is None else tuple(k % ndim for k in (axis if isinstance(axis, tuple) else (axis,)))
    order = tuple(k for k in range(ndim) if k not in joined) + joined
    return np.transpose(np.reshape(rows, tuple(shape[k] for k in order)), np.argsort(order))


def product_of_others(x: Any, axis: Any = None) -> Any:
    """For each element, the product of all others of `x` along `axis`; no division, so zeros are fine."""
    if np.ndim(x) == 0:
        return np.ones_like(x)
    flat = rows_of(x, axis)
    ones = np.ones_like(flat[..., :1])
    before = np.cumprod(np.concatenate([ones, flat[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([ones, flat[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return from_rows(before[..., : flat.shape[-1]] * after[..., : flat.shape[-1]], x, axis)


def products_of_others_dot(x_dot: Any, x: Any, axis: Any = None) -> Any:
    """The tangent of `product_of_others(x, axis)`, a symmetric map, by the product rule."""
    if np.ndim(x) == 0:
        return np.zeros_like(x)
    flat, flat_dot = rows_of(x, axis), rows_of(x_dot, axis)
    n = flat.shape[-1]
    ones, zeros = np.ones_like(flat[..., :1]), np.zeros_like(flat_dot[..., :1])
    sides = []
    for step in (1, -1):
        factors = np.concatenate([ones, flat[..., ::step][..., : n - 1]], axis=-1)
        factors_dot = np.concatenate([zeros, flat_dot[..., ::step][..., : n - 1]], axis=-1)
        products, products_dot = np.cumprod(factors, axis=-1), cumprod_dot(factors_dot, factors, -1)
        sides.append((products[..., :n][..., ::step], products_dot[..., :n][..., ::step]))
    (before, before_dot), (after, after_dot) = sides
    return from_rows(before_dot * after + before * after_dot, x, axis)


def cumprod_bar_dot(a_dot: Any, g: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of `cumprod_bar(g, a, axis)` with respect to `a`, a symmetric map, by the product rule."""
    if axis is None:
        return np.reshape(cumprod_bar_dot(np.ravel(a_dot), np.ravel(g), np.ravel(a), 0), np.shape(a))
    g, a, a_dot = (np.moveaxis(np.asarray(v), axis, 0) for v in (g, a, a_dot))
    out = np.zeros_like(a, dtype=np.result_type(g, a, a_dot))
    if len(a) == 0:
        return np.moveaxis(out, 0, axis)
    before = np.concatenate([np.ones_like(a[:1]), np.cumprod(a[:-1], axis=0)])
    before_dot = np.concatenate([np.zeros_like(out[:1]), cumprod_dot(a_dot[:-1], a[:-1], 0)])
    later, later_dot = np.zeros_like(out[0]), np.zeros_like(out[0])
    for k in reversed(range(len(a))):
        later = g[k] + later
        out[k] = before_dot[k] * later + before[k] * later_dot
        later, later_dot = later * a[k], later_dot * a[k] + later * a_dot[k]
    return np.moveaxis(out, 0, axis)


def reverse_cumsum(g: Any, a: Any, axis: Any = None) -> Any:
    """The adjoint of `np.cumsum(a, axis)`: sums from each element to the end."""
    if axis is None:
        return np.reshape(np.flip(np.cumsum(np.flip(g))), np.shape(a))
    return np.flip(np.cumsum(np.flip(g, axis), axis), axis)


def cumprod_bar(g: Any, a: Any, axis: Any = None) -> Any:
    """The adjoint of `np.cumprod(a, axis)`, by a recurrence from the end that never divides."""
    if axis is None:
        return np.reshape(cumprod_bar(g, np.ravel(a), 0), np.shape(a))
    g, a = np.moveaxis(g, axis, 0), np.moveaxis(np.asarray(a), axis, 0)
    before = np.concatenate([np.ones_like(a[:1]), np.cumprod(a[:-1], axis=0)]) if len(a) else a
    a_bar = np.zeros_like(before, dtype=np.result_type(g, a))
    later = np.zeros_like(a_bar[0]) if len(a) else None
    for k in reversed(range(len(a))):
        later = g[k] + later
        a_bar[k] = before[k] * later
        later = later * a[k]
    return np.moveaxis(a_bar, 0, axis)


def cumprod_dot(a_dot: Any, a: Any, axis: Any = None) -> Any:
    """The tangent of `np.cumprod(a, axis)`, by the product rule, step by step."""
    if axis is None:
        return cumprod_dot(np.ravel(a_dot), np.ravel(a), 0)
    factors, parts = np.moveaxis(np.asarray(a), axis, 0), np.moveaxis(a_dot, axis, 0)
    products = np.cumprod(factors, axis=0)
    out = np.array(parts, np.result_type(parts, factors))
    for k in range(1, len(out)):
        out[k] = out[k - 1] * factors[k] + products[k - 1] * parts[k]
    return np.moveaxis(out, 0, axis)


def spread(g: Any, items: Any) -> Any:
    """The adjoint of the builtin `sum(items)`: `g` for each item."""
    if isinstance(items, np.ndarray):
        return np.broadcast_to(g, items.shape).copy()  # it may be added to in place
    parts = (unbroadcast(g, item) for item in items)
    return [part.copy() if isinstance(part, np.ndarray) else part for part in parts]  # each may be added to in place


def share_extremum(g: Any, y: Any, args: Any) -> Any:
    """The adjoints of the arguments of the builtin `min` or `max`, divided among the ties."""
    if len(args) == 1:
        shares = share_extremum(g, y, (*args[0], None))[:-1]
        return [np.array(shares, args[0].dtype) if isinstance(args[0], np.ndarray) else shares]
    ties = sum(1 for value in args if value == y) or 1
    return [g / ties if value == y else 0.0 * g for value in args]


def align_axis(w: Any, a: Any, axis: Any) -> Any:
    """Weights `w` along `axis`, one or several, shaped so that they broadcast against `a`."""
    if axis is None or np.ndim(w) == np.ndim(a):
        return w
    axes = [k % np.ndim(a) for k in (axis if isinstance(axis, tuple) else (axis,))]
    shape = [1] * np.ndim(a)
    for k, n in zip(axes, np.shape(w)):
        shape[k] = n
    return np.reshape(np.transpose(w, np.argsort(axes)), shape)


def unalign_axis(g: Any, w: Any, a: Any, axis: Any) -> Any:
    """The adjoint of the weights `w` from that of `align_axis(w, a, axis)`, or of what it was broadcast to."""
    g = unbroadcast(g, align_axis(w, a, axis))
    if axis is None or np.ndim(w) == np.ndim(a):
        return g
    axes = [k % np.ndim(a) for k in (axis if isinstance(axis, tuple) else (axis,))]
    order = np.argsort(axes)
    return np.transpose(np.reshape(g, [np.shape(w)[k] for k in order]), np.argsort(order))


# --- powers and special values ------------------------------------------------------------------------------


def power_slope(x: Any, p: Any) -> Any:
    """`p * x ** (p - 1)`, the derivative of `x ** p` in `x`, 0 where `p` is 0 whatever `x` is."""
    return power_derivative(x, p, 1)


def power_derivative(x: Any, p: Any, order: int) -> Any:
    """The derivative of some order of `x ** p` in `x`, 0 where `p` is too small a natural number, whatever `x` is.

    >>> float(power_derivative(0.0, 1, 2))
    0.0
    """
    factor = p
    for k in range(1, order):
        factor = factor * (p - k)
    flat = np.equal(factor, 0)
    if np.ndim(flat) == 0 and np.ndim(x) == 0:
        return factor * np.power(x, 0.0 if flat else p - float(order))
    precision = np.result_type(p if np.iscomplexobj(p) else np.real(x), p, np.float32)  # of `p - 1.0` alone, a number's is any
    return factor * np.power(x, np.where(flat, 1, p - float(order)).astype(precision))


def falling_slope(p: Any, order: int, times: int = 1) -> Any:
    """The derivative of some order, `times`, of `p * (p - 1) * ... * (p - order + 1)`.

    >>> float(falling_slope(3.0, 2))
    5.0
    """
    return np.polyval(np.polyder(np.poly(np.arange(order)), times), p)


def log_or_zero(x: Any) -> Any:
    """`log(x)`, and 0 where the logarithm is not finite or not real."""
    if np.iscomplexobj(x):
        return np.log(np.where(np.equal(x, 0.0), 1.0, x))
    return np.log(np.where(np.greater(x, 0.0), x, 1.0))


def digamma(x: float) -> float:
    """The derivative of `math.lgamma` at the real number `x` (Abramowitz & Stegun 6.3.5, 6.3.7, 6.3.18)."""
    if x < 0.5:
        return digamma(1.0 - x) - math.pi / math.tan(math.pi * x)
    shift = 0.0
    while x < 10.0:
        shift = shift + 1.0 / x
        x = x + 1.0
    t = 1.0 / (x * x)
    series = t * (
        1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t * (1 / 132 - t * (691 / 32760 - t / 12)))))
    )
    return math.log(x) - 0.5 / x - series - shift


def polygamma_of(n: int, x: Any) -> Any:
    """The n-th derivative of the digamma function, from SciPy (only programs that use SciPy get here)."""
    from scipy import special

    return special.digamma(x) if n == 0 else special.polygamma(n, x)


def without_initial(g: Any, axis: Any, include_initial: bool) -> Any:
    """The adjoint of `np.cumulative_sum` or `np.cumulative_prod` without that of the initial value, if it has one."""
    if not include_initial:
        return g
    return np.moveaxis(np.moveaxis(g, 0 if axis is None else axis, 0)[1:], 0, 0 if axis is None else axis)


def with_initial(y_dot: Any, axis: Any, include_initial: bool) -> Any:
    """The tangent of a cumulative product before which an initial value stands, if there is one."""
    if not include_initial:
        return y_dot
    rows = np.moveaxis(y_dot, 0 if axis is None else axis, 0)
    return np.moveaxis(np.concatenate([np.zeros_like(rows, shape=(1, *rows.shape[1:])), rows]), 0, 0 if axis is None else axis)


def first_positive(g: Any, axis: Any = 0) -> Any:
    """`g` with its sign changed, but for the first of the elements along `axis`: the adjoint of one subtraction after the other."""
    out = np.array(np.negative(g))
    rows = np.moveaxis(out, 0 if axis is None else axis, 0)
    rows[0] = -rows[0]
    return out


def running_extremum_bar(g: Any, y: Any, a: Any, axis: int = 0) -> Any:
    """The adjoint of `a` of `y = np.maximum.accumulate(a, axis)`, or of the minimum; each pair of equals shares."""
    g, y, a = (np.moveaxis(np.asarray(x), axis, 0) for x in (g, y, a))
    out, later = np.zeros_like(g), np.zeros_like(g[:1])[0] if len(g) else None
    for k in reversed(range(len(a))):
        later = later + g[k]
        if k == 0:
            out[k] = later
        else:
            kept, taken = np.equal(y[k], y[k - 1]), np.equal(y[k], a[k])
            out[k] = np.where(taken, np.where(kept, 0.5 * later, later), 0.0)
            later = np.where(kept, np.where(taken, 0.5 * later, later), 0.0)
    return np.moveaxis(out, 0, axis)


def running_logsum_bar(g: Any, y: Any, a: Any, axis: int = 0) -> Any:
    """The adjoint of `a` of `y = np.logaddexp.accumulate(a, axis)`."""
    g, y, a = (np.moveaxis(np.asarray(x), axis, 0) for x in (g, y, a))
    out, later = np.zeros_like(g), np.zeros_like(g[:1])[0] if len(g) else None
    for k in reversed(range(len(a))):
        later = later + g[k]
        out[k] = later * np.exp(a[k] - y[k])
        later = later * np.exp(y[k - 1] - y[k]) if k else later
    return np.moveaxis(out, 0, axis)


def running_extremum_dot(a_dot: Any, y: Any, a: Any, axis: int = 0) -> Any:
    """The tangent of `y = np.maximum.accumulate(a, axis)`, or of the minimum; the transpose of `running_extremum_bar`."""
    parts, y, a = (np.moveaxis(np.asarray(x), axis, 0) for x in (a_dot, y, a))
    out = np.array(parts)
    for k in range(1, len(out)):
        kept, taken = np.equal(y[k], y[k - 1]), np.equal(y[k], a[k])
        share = np.where(kept & taken, 0.5, 1.0).astype(out.dtype)
        out[k] = share * (np.where(kept, out[k - 1], 0.0) + np.where(taken, parts[k], 0.0))
    return np.moveaxis(out, 0, axis)


def running_logsum_dot(a_dot: Any, y: Any, a: Any, axis: int = 0) -> Any:
    """The tangent of `y = np.logaddexp.accumulate(a, axis)`."""
    parts, y, a = (np.moveaxis(np.asarray(x), axis, 0) for x in (a_dot, y, a))
    out = np.array(parts)
    for k in range(1, len(out)):
        out[k] = out[k - 1] * np.exp(y[k - 1] - y[k]) + parts[k] * np.exp(a[k] - y[k])
    return np.moveaxis(out, 0, axis)


def extremum_dot(args_dot: Any, y: Any, args: Any) -> Any:
    """The tangent of the builtin `min` or `max`: the mean of those of the ties."""
    if len(args) == 1:
        return extremum_dot(args_dot[0], y, (*args[0], None))
    ties = [dot for dot, value in zip(args_dot, args) if value == y]
    return sum(ties) / len(ties)
