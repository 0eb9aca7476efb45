"""Rules of functions on sampled curves: interpolation, differences, quadrature."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.interp)
def interp(y, x, xp, fp, left=None, right=None):
    if np.isrealobj(fp):
        x_bar = y_bar * interp_slope(x, xp, fp)
        xp_bar = interp_nodes_bar(y_bar, x, xp, fp)
    else:
        x_bar = cast_like(y_bar * interp_slope(x, xp, fp), x)
        xp_bar = cast_like(interp_nodes_bar(y_bar, x, xp, fp), xp)
    fp_bar = interp_values_bar(y_bar, x, xp, fp, left, right)
    left_bar = cast_like(np.sum(np.where(np.less(x, xp[0]), y_bar, 0.0)), left)
    right_bar = cast_like(np.sum(np.where(np.greater(x, xp[-1]), y_bar, 0.0)), right)


@adjoint(np.diff)
def diff(y, a, n=1, axis=-1, prepend=None, append=None):
    if prepend is None and append is None and n == 1:
        a_bar = diff_bar(y_bar, n, axis)
    elif prepend is None and append is None:
        a_bar = diff_bar(y_bar, n, axis, a)
    else:
        bars = diff_ends_bar(y_bar, a, n, axis, prepend, append)
        a_bar = bars[0]
        prepend_bar = bars[1]
        append_bar = bars[2]


@adjoint(np.ediff1d)
def ediff1d(y, ary, to_end=None, to_begin=None):
    if to_end is None and to_begin is None:
        ary_bar = np.reshape(diff_bar(y_bar, 1, -1), np.shape(ary))
    else:
        bars = ediff1d_bar(y_bar, ary, to_end, to_begin)
        ary_bar = bars[0]
        to_end_bar = bars[1]
        to_begin_bar = bars[2]


@adjoint(getattr(np, "trapezoid", None), getattr(np, "trapz", None))
def trapezoid(area, y, x=None, dx=1.0, axis=-1):
    y_bar = trapezoid_values_bar(area_bar, y, x, dx, axis)
    x_bar = trapezoid_nodes_bar(area_bar, y, x, axis)
    dx_bar = trapezoid_step_bar(area_bar, y, x, dx, axis)


@adjoint(np.gradient)
def gradient(y, f, *varargs, axis=None, edge_order=1):
    f_bar = gradient_bar(y_bar, f, varargs, axis, edge_order)
    varargs_bar = gradient_spacing_bar(y_bar, y, f, varargs, axis, edge_order)


@adjoint(np.unwrap, elementwise=True)
def unwrap(y, p, discont=None, axis=-1, *, period=6.283185307179586):
    p_bar = y_bar


# --- tangents -----------------------------------------------------------------------------------------------

linear(getattr(np, "trapezoid", None), getattr(np, "trapz", None), np.gradient)


@tangent(np.interp)
def interp_tangent(y, x, xp, fp, left=None, right=None):
    slope = interp_slope(x, xp, fp)
    y_dot = slope * x_dot + np.interp(x, xp, fp_dot, left_dot, right_dot) - slope * np.interp(x, xp, xp_dot)


@tangent(np.diff)
def diff_tangent(y, a, n=1, axis=-1, prepend=None, append=None):
    if prepend is None and append is None:
        y_dot = np.diff(a_dot, n, axis)
    elif append is None:
        y_dot = np.diff(a_dot, n, axis, prepend=prepend_dot)
    elif prepend is None:
        y_dot = np.diff(a_dot, n, axis, append=append_dot)
    else:
        y_dot = np.diff(a_dot, n, axis, prepend=prepend_dot, append=append_dot)


@tangent(np.ediff1d)
def ediff1d_tangent(y, ary, to_end=None, to_begin=None):
    y_dot = np.ediff1d(ary_dot, to_end_dot, to_begin_dot)


@tangent(getattr(np, "trapezoid", None), getattr(np, "trapz", None))
def trapezoid_tangent(area, y, x=None, dx=1.0, axis=-1):
    widths = panel_widths(x, dx, y, axis)
    if x is None:
        area_dot = trapezoid_sum(y_dot, widths, axis) + trapezoid_sum(y, dx_dot, axis)
    else:
        unread = dx_dot
        area_dot = trapezoid_sum(y_dot, widths, axis) + trapezoid_sum(y, panel_widths(x_dot, dx, y, axis), axis)


@tangent(np.gradient)
def gradient_tangent(y, f, *varargs, axis=None, edge_order=1):
    y_dot = gradient_dot(f_dot, y, f, varargs, varargs_dot, axis, edge_order)
