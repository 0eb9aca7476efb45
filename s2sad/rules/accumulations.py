"""Rules of cumulative sums and products."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.cumsum)
def cumsum(y, a, axis=None, dtype=None):
    if np.ndim(a) == 1:
        a_bar = np.cumsum(y_bar[::-1])[::-1]
    else:
        a_bar = reverse_cumsum(y_bar, a, axis)


@adjoint(np.nancumsum)
def nancumsum(y, a, axis=None, dtype=None):
    a_bar = np.where(np.isnan(a), 0.0, reverse_cumsum(y_bar, a, axis))


@adjoint(getattr(np, "cumulative_sum", None))
def cumulative_sum(y, x, *, axis=None, dtype=None, include_initial=False):
    x_bar = reverse_cumsum(without_initial(y_bar, axis, include_initial), x, axis)


@adjoint(np.cumprod)
def cumprod(y, a, axis=None, dtype=None):
    a_bar = cumprod_bar(y_bar, a, axis)


@adjoint(np.nancumprod)
def nancumprod(y, a, axis=None, dtype=None):
    a_bar = np.where(np.isnan(a), 0.0, cumprod_bar(y_bar, np.where(np.isnan(a), 1.0, a), axis))


@adjoint(getattr(np, "cumulative_prod", None))
def cumulative_prod(y, x, *, axis=None, dtype=None, include_initial=False):
    x_bar = cumprod_bar(without_initial(y_bar, axis, include_initial), x, axis)


# --- tangents -----------------------------------------------------------------------------------------------

linear(np.cumsum, getattr(np, "cumulative_sum", None))


@tangent(np.nancumsum)
def nancumsum_tangent(y, a, axis=None, dtype=None):
    y_dot = np.cumsum(np.where(np.isnan(a), 0.0, a_dot), axis)


@tangent(np.cumprod)
def cumprod_tangent(y, a, axis=None, dtype=None):
    y_dot = cumprod_dot(a_dot, a, axis)


@tangent(np.nancumprod)
def nancumprod_tangent(y, a, axis=None, dtype=None):
    y_dot = cumprod_dot(np.where(np.isnan(a), 0.0, a_dot), np.where(np.isnan(a), 1.0, a), axis)


@tangent(getattr(np, "cumulative_prod", None))
def cumulative_prod_tangent(y, x, *, axis=None, dtype=None, include_initial=False):
    y_dot = with_initial(cumprod_dot(x_dot, x, axis), axis, include_initial)
