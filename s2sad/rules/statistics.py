"""Rules of order statistics, covariances and histograms."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, tangent

# --- order statistics ---------------------------------------------------------------------------------------


@adjoint(np.median, options={"overwrite_input": (False,)})
def median(y, a, axis=None, *, overwrite_input=False, keepdims=False):
    a_bar = quantile_bar(y_bar, a, 0.5, axis)


@adjoint(np.nanmedian, options={"overwrite_input": (False,)})
def nanmedian(y, a, axis=None, *, overwrite_input=False, keepdims=False):
    a_bar = quantile_bar(y_bar, a, 0.5, axis, skip_nan=True)


@adjoint(np.quantile, options={"overwrite_input": (False,)})
def quantile(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    a_bar = quantile_bar(y_bar, a, q, axis, method)


@adjoint(np.nanquantile, options={"overwrite_input": (False,)})
def nanquantile(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    a_bar = quantile_bar(y_bar, a, q, axis, method, True)


@adjoint(np.percentile, options={"overwrite_input": (False,)})
def percentile(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    a_bar = quantile_bar(y_bar, a, np.true_divide(q, 100.0), axis, method)


@adjoint(np.nanpercentile, options={"overwrite_input": (False,)})
def nanpercentile(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    a_bar = quantile_bar(y_bar, a, np.true_divide(q, 100.0), axis, method, True)


# --- covariances --------------------------------------------------------------------------------------------


@adjoint(np.cov)
def cov(c, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    bars = cov_bar(c_bar, m, y, rowvar, bias, ddof, fweights, aweights)
    m_bar = bars[0]
    y_bar = bars[1]


@adjoint(np.corrcoef)
def corrcoef(r, x, y=None, rowvar=True, *, dtype=None):
    bars = corrcoef_bar(r_bar, r, x, y, rowvar)
    x_bar = bars[0]
    y_bar = bars[1]


# --- histograms ---------------------------------------------------------------------------------------------


@adjoint(np.histogram, memory="maybe_view")  # the edges may be the operand itself
def histogram(y, a, bins=10, range=None, density=None, weights=None):
    bars = histogram_bar(y_bar[0], y_bar[1], y, a, bins, range, density, weights)
    a_bar = bars[0]
    weights_bar = bars[1]


@adjoint(np.bincount)
def bincount(y, x, weights=None, minlength=0):
    weights_bar = y_bar[np.asarray(x)]


# --- tangents -----------------------------------------------------------------------------------------------


@tangent(np.median, options={"overwrite_input": (False,)})
def median_tangent(y, a, axis=None, *, overwrite_input=False, keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, 0.5, axis)


@tangent(np.nanmedian, options={"overwrite_input": (False,)})
def nanmedian_tangent(y, a, axis=None, *, overwrite_input=False, keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, 0.5, axis, skip_nan=True)


@tangent(np.quantile, options={"overwrite_input": (False,)})
def quantile_tangent(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, q, axis, method)


@tangent(np.nanquantile, options={"overwrite_input": (False,)})
def nanquantile_tangent(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, q, axis, method, True)


@tangent(np.percentile, options={"overwrite_input": (False,)})
def percentile_tangent(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, np.true_divide(q, 100.0), axis, method)


@tangent(np.nanpercentile, options={"overwrite_input": (False,)})
def nanpercentile_tangent(y, a, q, axis=None, *, overwrite_input=False, method="linear", keepdims=False):
    y_dot = quantile_dot(a_dot, y, a, np.true_divide(q, 100.0), axis, method, True)


@tangent(np.cov)
def cov_tangent(c, m, y=None, rowvar=True, bias=False, ddof=None, fweights=None, aweights=None, *, dtype=None):
    c_dot = cov_dot(m_dot, y_dot, m, y, rowvar, bias, ddof, fweights, aweights)


@tangent(np.corrcoef)
def corrcoef_tangent(r, x, y=None, rowvar=True, *, dtype=None):
    r_dot = corrcoef_dot(x_dot, y_dot, r, x, y, rowvar)


@tangent(np.histogram)
def histogram_tangent(y, a, bins=10, range=None, density=None, weights=None):
    y_dot = histogram_dot(a_dot, weights_dot, y, a, bins, range, density, weights)


@tangent(np.bincount)
def bincount_tangent(y, x, weights=None, minlength=0):
    y_dot = np.bincount(x, weights_dot, minlength)
