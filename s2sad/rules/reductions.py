"""Rules of sums, means, products, extrema and norms along axes."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent

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
    if where is True:
        present = ~np.isnan(a)
    else:
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
    if where is True:
        present = ~np.isnan(a)
    else:
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
        initial_bar = np.sum(shares[1])


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
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    deviation = a - np.mean(a, axis=axis, keepdims=True, where=present)
    scale = 2.0 / (count_where(present, a, axis) - ddof)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) * scale * np.conj(deviation), 0.0)


@adjoint(np.nanstd)
def nanstd(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    deviation = a - np.mean(a, axis=axis, keepdims=True, where=present)
    scale = (count_where(present, a, axis) - ddof) * restore_axes(y, a, axis, keepdims)
    a_bar = np.where(present, restore_axes(y_bar, a, axis, keepdims) / scale * np.conj(deviation), 0.0)


# --- norms --------------------------------------------------------------------------------------------------


@adjoint(np.linalg.norm)
def norm(y, x, ord=None, axis=None, keepdims=False):
    if axis is None and not keepdims and np.isrealobj(x) and ord is None:
        x_bar = y_bar * (x / y)
    else:
        x_bar = norm_bar(y_bar, y, x, ord, axis, keepdims)


# --- tangents -----------------------------------------------------------------------------------------------

linear(np.sum, np.mean, np.average)


@tangent(np.sum)
def sum_tangent(y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    y_dot = np.sum(a_dot, axis=axis, keepdims=keepdims, where=where) + initial_dot


@tangent(np.nansum)
def nansum_tangent(y, a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    y_dot = np.sum(a_dot, axis=axis, keepdims=keepdims, where=present) + initial_dot


@tangent(np.nanmean)
def nanmean_tangent(y, a, axis=None, dtype=None, *, keepdims=False, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    y_dot = np.mean(a_dot, axis=axis, keepdims=keepdims, where=present)


@tangent(np.average, options={"returned": (False,)})
def average_tangent(y, a, axis=None, weights=None, returned=False, *, keepdims=False):
    deviation = a - restore_axes(y, a, axis, keepdims)
    total = np.sum(np.broadcast_to(align_axis(weights, a, axis), np.shape(a)), axis=axis, keepdims=keepdims)
    y_dot = (
        np.average(a_dot, axis=axis, weights=weights, keepdims=keepdims)
        + np.sum(align_axis(weights_dot, a, axis) * deviation, axis=axis, keepdims=keepdims) / total
    )


@tangent(np.prod)
def prod_tangent(y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    if where is True and isinstance(initial, int) and initial == 1:
        others = product_of_others(a, axis)
    else:
        others = initial * np.where(where, product_of_others(np.where(where, a, 1.0), axis), 0.0)
    rest = np.prod(a, axis=axis, keepdims=keepdims, where=where)
    y_dot = np.sum(others * a_dot, axis=axis, keepdims=keepdims) + rest * initial_dot


@tangent(np.nanprod)
def nanprod_tangent(y, a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    others = initial * product_of_others(np.where(present, a, 1.0), axis)
    rest = np.nanprod(a, axis=axis, keepdims=keepdims, where=where)
    y_dot = np.sum(others * a_dot, axis=axis, keepdims=keepdims, where=present) + rest * initial_dot


@tangent(np.max, np.amax, np.min, np.amin, np.nanmax, np.nanmin)
def extremum_tangent(y, a, axis=None, *, keepdims=False, initial=None, where=True):
    if initial is None and where is True:
        y_dot = np.sum(share_ties(np.ones_like(y), y, a, axis, keepdims) * a_dot, axis=axis, keepdims=keepdims)
    else:
        shares = share_ties_where(np.ones_like(y), y, a, axis, keepdims, initial, where)
        y_dot = (
            np.sum(shares[0] * a_dot, axis=axis, keepdims=keepdims) + np.reshape(shares[1], np.shape(y)) * initial_dot
        )


@tangent(np.ptp)
def ptp_tangent(y, a, axis=None, *, keepdims=False):
    high = np.max(a, axis=axis, keepdims=keepdims)
    low = np.min(a, axis=axis, keepdims=keepdims)
    ones = np.ones_like(y)
    slope = share_ties(ones, high, a, axis, keepdims) - share_ties(ones, low, a, axis, keepdims)
    y_dot = np.sum(slope * a_dot, axis=axis, keepdims=keepdims)


@tangent(np.var)
def var_tangent(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        deviation = a - np.mean(a, axis=axis, keepdims=True)
        count = count_along(a, axis)
    else:
        deviation = a - np.mean(a, axis=axis, keepdims=True, where=where)
        count = np.reshape(count_where(where, a, axis), np.shape(y))
    if np.isrealobj(a):
        product = deviation * a_dot
    else:
        product = np.real(np.conj(deviation) * a_dot)
    y_dot = np.sum(product, axis=axis, keepdims=keepdims, where=where) * (2.0 / (count - ddof))


@tangent(np.std)
def std_tangent(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        deviation = a - np.mean(a, axis=axis, keepdims=True)
        count = count_along(a, axis)
    else:
        deviation = a - np.mean(a, axis=axis, keepdims=True, where=where)
        count = np.reshape(count_where(where, a, axis), np.shape(y))
    if np.isrealobj(a):
        product = deviation * a_dot
    else:
        product = np.real(np.conj(deviation) * a_dot)
    y_dot = np.sum(product, axis=axis, keepdims=keepdims, where=where) / ((count - ddof) * y)


@tangent(np.nanvar)
def nanvar_tangent(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    deviation = a - np.mean(a, axis=axis, keepdims=True, where=present)
    count = np.reshape(count_where(present, a, axis), np.shape(y))
    product = np.real(np.conj(deviation) * a_dot)
    y_dot = np.sum(product, axis=axis, keepdims=keepdims, where=present) * (2.0 / (count - ddof))


@tangent(np.nanstd)
def nanstd_tangent(y, a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True):
    if where is True:
        present = ~np.isnan(a)
    else:
        present = where & ~np.isnan(a)
    deviation = a - np.mean(a, axis=axis, keepdims=True, where=present)
    count = np.reshape(count_where(present, a, axis), np.shape(y))
    product = np.real(np.conj(deviation) * a_dot)
    y_dot = np.sum(product, axis=axis, keepdims=keepdims, where=present) / ((count - ddof) * y)


@tangent(np.linalg.norm)
def norm_tangent(y, x, ord=None, axis=None, keepdims=False):
    if axis is None and not keepdims and np.isrealobj(x) and ord is None:
        y_dot = np.sum(x / y * x_dot)
    else:
        slope = norm_bar(np.ones_like(y), y, x, ord, axis, keepdims)
        y_dot = np.sum(np.real(slope * x_dot), axis=axis, keepdims=keepdims)
