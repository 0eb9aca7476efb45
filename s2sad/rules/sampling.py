"""Rules of functions on sampled curves: interpolation, differences, quadrature."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint


@adjoint(np.interp)
def interp(y, x, xp, fp, left=None, right=None):
    x_bar = y_bar * interp_slope(x, xp, fp)
    fp_bar = interp_values_bar(y_bar, x, xp, fp, left, right)
    xp_bar = interp_nodes_bar(y_bar, x, xp, fp)


@adjoint(np.diff)
def diff(y, a, n=1, axis=-1):
    a_bar = diff_bar(y_bar, n, axis)


@adjoint(np.ediff1d)
def ediff1d(y, ary):
    ary_bar = np.reshape(diff_bar(y_bar, 1, -1), np.shape(ary))


@adjoint(getattr(np, "trapezoid", None), getattr(np, "trapz", None))
def trapezoid(area, y, x=None, dx=1.0, axis=-1):
    y_bar = trapezoid_values_bar(area_bar, y, x, dx, axis)
    x_bar = trapezoid_nodes_bar(area_bar, y, x, axis)
    dx_bar = trapezoid_step_bar(area_bar, y, x, dx, axis)


@adjoint(np.gradient)
def gradient(y, f, *varargs, axis=None, edge_order=1):
    f_bar = gradient_bar(y_bar, f, varargs, axis, edge_order)
    varargs_bar = gradient_spacing_bar(y_bar, y, f, varargs, axis)
