"""Rules of polynomials given by their coefficients, the highest power first."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.polyval)
def polyval(y, p, x):
    p_bar = polyval_bar(y_bar, p, x)
    x_bar = unbroadcast(y_bar * np.polyval(np.polyder(p), x), x)


@adjoint(np.polyadd)
def polyadd(y, a1, a2):
    a1_bar = last_terms(y_bar, a1)
    a2_bar = last_terms(y_bar, a2)


@adjoint(np.polysub)
def polysub(y, a1, a2):
    a1_bar = last_terms(y_bar, a1)
    a2_bar = -last_terms(y_bar, a2)


@adjoint(np.polymul)
def polymul(y, a1, a2):
    a1_bar = polymul_bar(y_bar, a1, a2)
    a2_bar = polymul_bar(y_bar, a2, a1)


@adjoint(np.polyder)
def polyder(y, p, m=1):
    p_bar = polyder_bar(y_bar, p, m)


@adjoint(np.polyint)
def polyint(y, p, m=1, k=None):
    p_bar = y_bar[: np.size(p)] / falling_powers(np.size(p) + m, m)


@adjoint(np.polyfit, options={"full": (False,), "cov": (False,)})
def polyfit(p, x, y, deg, rcond=None, full=False, w=None, cov=False):
    bars = polyfit_bar(p_bar, p, x, y, deg, w)
    x_bar = bars[0]
    y_bar = bars[1]


@adjoint(np.vander)
def vander(y, x, N=None, increasing=False):
    x_bar = vander_bar(y_bar, x, increasing)


# --- tangents -----------------------------------------------------------------------------------------------

linear(np.polyder)


@tangent(np.polyval)
def polyval_tangent(y, p, x):
    y_dot = np.polyval(p_dot, x) + np.polyval(np.polyder(p), x) * x_dot


@tangent(np.polyadd)
def polyadd_tangent(y, a1, a2):
    y_dot = np.polyadd(a1_dot, a2_dot)


@tangent(np.polysub)
def polysub_tangent(y, a1, a2):
    y_dot = np.polysub(a1_dot, a2_dot)


@tangent(np.polymul)
def polymul_tangent(y, a1, a2):
    y_dot = polymul_dot(y, a1_dot, a2) + polymul_dot(y, a2_dot, a1)


@tangent(np.polyint)
def polyint_tangent(y, p, m=1, k=None):
    y_dot = np.polyint(p_dot, m)


@tangent(np.polyfit, options={"full": (False,), "cov": (False,)})
def polyfit_tangent(p, x, y, deg, rcond=None, full=False, w=None, cov=False):
    p_dot = polyfit_dot(x_dot, y_dot, p, x, y, deg, w)


@tangent(np.vander)
def vander_tangent(y, x, N=None, increasing=False):
    y_dot = vander_dot(x_dot, x, np.shape(y)[1], increasing)
