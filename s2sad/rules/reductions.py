"""Rules of sums, means, extrema, norms along axes, and cumulative sums."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint


@adjoint(np.sum)
def sum_(y, a, axis=None, dtype=None, *, keepdims=False):
    if axis is None and not keepdims:
        a_bar = np.broadcast_to(y_bar, np.shape(a))
    else:
        a_bar = restore_axes(y_bar, a, axis, keepdims)


@adjoint(np.nansum)
def nansum(y, a, axis=None, dtype=None, *, keepdims=False):
    if axis is None and not keepdims:
        a_bar = np.where(np.isnan(a), 0.0, y_bar)
    else:
        a_bar = np.where(np.isnan(a), 0.0, restore_axes(y_bar, a, axis, keepdims))


@adjoint(np.mean)
def mean(y, a, axis=None, dtype=None, *, keepdims=False):
    if axis is None and not keepdims:
        a_bar = np.broadcast_to(y_bar / np.size(a), np.shape(a))
    else:
        a_bar = restore_axes(y_bar / count_along(a, axis), a, axis, keepdims)


@adjoint(np.nanmean)
def nanmean(y, a, axis=None, dtype=None, *, keepdims=False):
    count = np.sum(~np.isnan(a), axis=axis, keepdims=True, dtype=np.result_type(y))
    a_bar = np.where(np.isnan(a), 0.0, restore_axes(y_bar, a, axis, keepdims) / count)


@adjoint(np.average)
def average(y, a, axis=None, weights=None, *, keepdims=False):
    if weights is None and axis is None and not keepdims:
        a_bar = np.broadcast_to(y_bar / np.size(a), np.shape(a))
    elif weights is None:
        a_bar = restore_axes(y_bar / count_along(a, axis), a, axis, keepdims)
    elif axis is None and not keepdims:
        share_bar = y_bar / np.sum(weights)
        a_bar = share_bar * weights
        weights_bar = share_bar * (a - y)
    else:
        aligned = align_axis(weights, a, axis)
        share_bar = restore_axes(y_bar, a, axis, keepdims) / np.sum(aligned, axis=axis, keepdims=True)
        a_bar = share_bar * aligned
        deviation_bar = share_bar * (a - restore_axes(y, a, axis, keepdims))
        weights_bar = np.reshape(unbroadcast(deviation_bar, aligned), np.shape(weights))


@adjoint(np.prod)
def prod(y, a, axis=None, dtype=None, *, keepdims=False):
    if axis is None and not keepdims:
        a_bar = y_bar * product_of_others(a)
    else:
        a_bar = restore_axes(y_bar, a, axis, keepdims) * product_of_others(a, axis)


@adjoint(np.max, np.amax, np.min, np.amin, np.nanmax, np.nanmin)
def extremum(y, a, axis=None, *, keepdims=False):
    if axis is None and not keepdims:
        ties = np.equal(a, y)
        a_bar = np.where(ties, y_bar / max(float(np.count_nonzero(ties)), 1.0), 0.0)
    else:
        a_bar = share_ties(y_bar, y, a, axis, keepdims)


@adjoint(np.ptp)
def ptp(y, a, axis=None, *, keepdims=False):
    high = np.max(a, axis=axis, keepdims=keepdims)
    low = np.min(a, axis=axis, keepdims=keepdims)
    a_bar = share_ties(y_bar, high, a, axis, keepdims) - share_ties(y_bar, low, a, axis, keepdims)


@adjoint(np.var)
def var(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    if axis is None and not keepdims and np.isrealobj(a):
        a_bar = y_bar * (2.0 / (np.size(a) - ddof)) * deviation
    else:
        scale = 2.0 / (count_along(a, axis) - ddof)
        a_bar = restore_axes(y_bar, a, axis, keepdims) * scale * np.conj(deviation)


@adjoint(np.std)
def std(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False):
    deviation = a - np.mean(a, axis=axis, keepdims=True)
    if axis is None and not keepdims and np.isrealobj(a):
        a_bar = y_bar / ((np.size(a) - ddof) * y) * deviation
    else:
        scale = (count_along(a, axis) - ddof) * y
        a_bar = restore_axes(y_bar / scale, a, axis, keepdims) * np.conj(deviation)


@adjoint(np.cumsum)
def cumsum(y, a, axis=None, dtype=None):
    if np.ndim(a) == 1:
        a_bar = np.cumsum(y_bar[::-1])[::-1]
    else:
        a_bar = reverse_cumsum(y_bar, a, axis)


@adjoint(np.cumprod)
def cumprod(y, a, axis=None, dtype=None):
    a_bar = cumprod_bar(y_bar, a, axis)


@adjoint(np.linalg.norm)
def norm(y, x, ord=None, axis=None, keepdims=False):
    if axis is None and not keepdims and np.isrealobj(x) and ord is None:
        x_bar = y_bar * (x / y)
    else:
        x_bar = norm_bar(y_bar, y, x, ord, axis, keepdims)


@adjoint(np.median)
def median(y, a, axis=None, *, keepdims=False):
    a_bar = quantile_bar(y_bar, a, 0.5, axis, keepdims)


@adjoint(np.quantile)
def quantile(y, a, q, axis=None, *, keepdims=False):
    a_bar = quantile_bar(y_bar, a, q, axis, keepdims)


@adjoint(np.percentile)
def percentile(y, a, q, axis=None, *, keepdims=False):
    a_bar = quantile_bar(y_bar, a, np.true_divide(q, 100.0), axis, keepdims)
