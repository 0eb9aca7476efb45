"""Rules of sums, means, products, extrema and norms along axes."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint

# --- sums and means -----------------------------------------------------------------------------------------


@adjoint(np.sum)
def sum_(y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    if axis is None and not keepdims and where is True:
        a_bar = np.broadcast_to(y_bar, np.shape(a))
    elif where is True:
        a_bar = restore_axes(y_bar, a, axis, keepdims)
    else:
        a_bar = np.where(where, restore_axes(y_bar, a, axis, keepdims), 0.0)
    initial_bar = np.sum(y_bar)


@adjoint(np.nansum)
def nansum(y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    if axis is None and not keepdims and where is True:
        a_bar = np.where(np.isnan(a), 0.0, y_bar)
    elif where is True:
        a_bar = np.where(np.isnan(a), 0.0, restore_axes(y_bar, a, axis, keepdims))
    else:
        a_bar = np.where(where & ~np.isnan(a), restore_axes(y_bar, a, axis, keepdims), 0.0)
    initial_bar = np.sum(y_bar)


@adjoint(np.mean)
def mean(y, a, axis=None, dtype=None, *, keepdims=False, where=True):
    if axis is None and not keepdims and where is True:
        a_bar = np.broadcast_to(y_bar / np.size(a), np.shape(a))
    elif where is True:
        a_bar = restore_axes(y_bar / count_along(a, axis), a, axis, keepdims)
    else:
        a_bar = np.where(where, restore_axes(y_bar, a, axis, keepdims) / count_where(where, a, axis), 0.0)


@adjoint(np.nanmean)
def nanmean(y, a, axis=None, dtype=None, *, keepdims=False, where=True):
    present = where & ~np.isnan(a)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) / count_where(present, a, axis), 0.0)


@adjoint(np.average, options={"returned": (False,)})
def average(y, a, axis=None, weights=None, returned=False, *, keepdims=False):
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
        weights_bar = unalign_axis(deviation_bar, weights, a, axis)


# --- products -----------------------------------------------------------------------------------------------


@adjoint(np.prod)
def prod(y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    if axis is None and not keepdims and where is True and isinstance(initial, int) and initial == 1:
        a_bar = y_bar * product_of_others(a)
    elif where is True and isinstance(initial, int) and initial == 1:
        a_bar = restore_axes(y_bar, a, axis, keepdims) * product_of_others(a, axis)
    else:
        factors = np.where(where, a, 1.0)
        others = initial * product_of_others(factors, axis)
        a_bar = np.where(where, restore_axes(y_bar, a, axis, keepdims) * others, 0.0)
    initial_bar = np.sum(y_bar * np.prod(a, axis=axis, keepdims=keepdims, where=where))


@adjoint(np.nanprod)
def nanprod(y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    present = where & ~np.isnan(a)
    others = initial * product_of_others(np.where(present, a, 1.0), axis)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) * others, 0.0)
    initial_bar = np.sum(y_bar * np.nanprod(a, axis=axis, keepdims=keepdims, where=where))


# --- extrema ------------------------------------------------------------------------------------------------


@adjoint(np.max, np.amax, np.min, np.amin, np.nanmax, np.nanmin)
def extremum(y, a, axis=None, *, keepdims=False, initial=None, where=True):
    if axis is None and not keepdims and initial is None and where is True:
        ties = np.equal(a, y)
        a_bar = np.where(ties, y_bar / max(float(np.count_nonzero(ties)), 1.0), 0.0)
    elif initial is None and where is True:
        a_bar = share_ties(y_bar, y, a, axis, keepdims)
    else:
        shares = share_ties_where(y_bar, y, a, axis, keepdims, initial, where)
        a_bar = shares[0]
        initial_bar = shares[1]


@adjoint(np.ptp)
def ptp(y, a, axis=None, *, keepdims=False):
    high = np.max(a, axis=axis, keepdims=keepdims)
    low = np.min(a, axis=axis, keepdims=keepdims)
    a_bar = share_ties(y_bar, high, a, axis, keepdims) - share_ties(y_bar, low, a, axis, keepdims)


# --- variances ----------------------------------------------------------------------------------------------


@adjoint(np.var)
def var(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    else:
        deviation = a - np.mean(a, axis=axis, keepdims=True, where=where)
    if axis is None and not keepdims and where is True and np.isrealobj(a):
        a_bar = y_bar * (2.0 / (np.size(a) - ddof)) * deviation
    elif where is True:
        scale = 2.0 / (count_along(a, axis) - ddof)
        a_bar = restore_axes(y_bar, a, axis, keepdims) * scale * np.conj(deviation)
    else:
        scale = 2.0 / (count_where(where, a, axis) - ddof)
        a_bar = np.where(where, restore_axes(y_bar, a, axis, keepdims) * scale * np.conj(deviation), 0.0)


@adjoint(np.std)
def std(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        deviation = a - np.mean(a, axis=axis, keepdims=True)
    else:
        deviation = a - np.mean(a, axis=axis, keepdims=True, where=where)
    if axis is None and not keepdims and where is True and np.isrealobj(a):
        a_bar = y_bar / ((np.size(a) - ddof) * y) * deviation
    elif where is True:
        scale = (count_along(a, axis) - ddof) * y
        a_bar = restore_axes(y_bar / scale, a, axis, keepdims) * np.conj(deviation)
    else:
        scale = (count_where(where, a, axis) - ddof) * restore_axes(y, a, axis, keepdims)
        a_bar = np.where(where, restore_axes(y_bar, a, axis, keepdims) / scale * np.conj(deviation), 0.0)


@adjoint(np.nanvar)
def nanvar(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    present = where & ~np.isnan(a)
    deviation = a - np.nanmean(a, axis=axis, keepdims=True, where=where)
    scale = 2.0 / (count_where(present, a, axis) - ddof)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) * scale * np.conj(deviation), 0.0)


@adjoint(np.nanstd)
def nanstd(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    present = where & ~np.isnan(a)
    deviation = a - np.nanmean(a, axis=axis, keepdims=True, where=where)
    scale = (count_where(present, a, axis) - ddof) * restore_axes(y, a, axis, keepdims)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) / scale * np.conj(deviation), 0.0)


# --- norms --------------------------------------------------------------------------------------------------


@adjoint(np.linalg.norm)
def norm(y, x, ord=None, axis=None, keepdims=False):
    if axis is None and not keepdims and np.isrealobj(x) and ord is None:
        x_bar = y_bar * (x / y)
    else:
        x_bar = norm_bar(y_bar, y, x, ord, axis, keepdims)
