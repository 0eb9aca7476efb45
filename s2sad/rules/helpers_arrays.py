"""Rules of the run-time helpers of reductions, shapes and samples, for derivatives of gradients.

Most are linear in the adjoint that they are given, and read no more than the order or the shape of other operands. For
the adjoint of a function `f`, which is the gradient of `sum(g * f(x))` with respect to `x`, the derivative with respect
to `x` is symmetric: one helper serves the tangent and the adjoint.
"""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad import runtime
from s2sad.rules.registry import adjoint, linear, tangent, zero_derivative

zero_derivative(runtime.count_where, runtime.bounded_indices, runtime.falling_powers)

# --- reductions ---------------------------------------------------------------------------------------------


@adjoint(runtime.share_ties)
def share_ties(z, g, y, x, axis=None, keepdims=False):
    shares = share_ties(np.ones_like(y), y, x, axis, keepdims)
    g_bar = np.reshape(np.sum(shares * z_bar, axis=axis, keepdims=keepdims), np.shape(g))
    y_bar = None  # only which elements are equal is read
    x_bar = None


@tangent(runtime.share_ties)
def share_ties_tangent(z, g, y, x, axis=None, keepdims=False):
    unread = (y_dot, x_dot)
    z_dot = share_ties(g_dot, y, x, axis, keepdims)


@adjoint(runtime.product_of_others)
def product_of_others(z, x, axis=None):
    x_bar = products_of_others_dot(z_bar, x, axis)


@tangent(runtime.product_of_others)
def product_of_others_tangent(z, x, axis=None):
    z_dot = products_of_others_dot(x_dot, x, axis)


@adjoint(runtime.cumprod_bar)
def cumprod_bar(z, g, a, axis=None):
    g_bar = np.reshape(cumprod_dot(z_bar, a, axis), np.shape(g))
    a_bar = cumprod_bar_dot(z_bar, g, a, axis)


@tangent(runtime.cumprod_bar)
def cumprod_bar_tangent(z, g, a, axis=None):
    z_dot = cumprod_bar(g_dot, a, axis) + cumprod_bar_dot(a_dot, g, a, axis)


@adjoint(runtime.align_axis, memory="maybe_view")
def align_axis(z, w, a, axis):
    w_bar = unalign_axis(z_bar, w, a, axis)
    a_bar = None  # only its shape is read


@tangent(runtime.align_axis)
def align_axis_tangent(z, w, a, axis):
    unread = a_dot
    z_dot = align_axis(w_dot, a, axis)


@adjoint(runtime.norm_bar, options={"ord": (None, "fro")})
def norm_bar(z, g, y, x, ord, axis, keepdims):
    whole = restore_axes(y, x, axis, keepdims)
    parts = np.real(z_bar * np.conj(x)) / whole
    g_bar = sum_axes(parts, g, axis, keepdims)
    y_bar = -sum_axes(parts * restore_axes(g, x, axis, keepdims) / whole, y, axis, keepdims)
    x_bar = np.conj(z_bar) * restore_axes(g, x, axis, keepdims) / whole


@tangent(runtime.norm_bar, options={"ord": (None, "fro")})
def norm_bar_tangent(z, g, y, x, ord, axis, keepdims):
    whole = restore_axes(y, x, axis, keepdims)
    z_dot = (
        restore_axes(g_dot, x, axis, keepdims) * np.conj(x) / whole
        - z * restore_axes(y_dot, x, axis, keepdims) / whole
        + restore_axes(g, x, axis, keepdims) * np.conj(x_dot) / whole
    )


# --- powers -------------------------------------------------------------------------------------------------


@adjoint(runtime.sinc_derivative, elementwise=True)
def sinc_derivative(y, x, order):
    x_bar = y_bar * sinc_derivative(x, order + 1)


@adjoint(runtime.spence_slope, elementwise=True)
def spence_slope(y, z, order=0):
    z_bar = y_bar * spence_slope(z, order + 1)


@adjoint(runtime.power_slope, elementwise=True)
def power_slope(z, x, p):
    x_bar = z_bar * power_derivative(x, p, 2)
    p_bar = z_bar * (np.power(x, p - 1.0) * (1.0 + p * log_or_zero(x)))


@adjoint(runtime.power_derivative, elementwise=True)
def power_derivative(z, x, p, order):
    x_bar = z_bar * power_derivative(x, p, order + 1)
    p_bar = z_bar * (np.power(x, p - order) * falling_slope(p, order) + z * log_or_zero(x))


@adjoint(runtime.falling_slope, elementwise=True)
def falling_slope(z, p, order, times=1):
    p_bar = z_bar * falling_slope(p, order, times + 1)


@adjoint(runtime.log_or_zero, elementwise=True)
def log_or_zero(z, x):
    if np.isrealobj(x):
        x_bar = np.where(np.greater(x, 0.0), z_bar / np.where(np.greater(x, 0.0), x, 1.0), 0.0)
    else:
        x_bar = np.where(np.equal(z, 0.0), 0.0, z_bar / np.where(np.equal(x, 0.0), 1.0, x))


# --- order --------------------------------------------------------------------------------------------------


@adjoint(runtime.sort_bar)
def sort_bar(z, g, a, axis=-1):
    if axis is None:
        g_bar = np.ravel(z_bar)[np.argsort(a, axis=None, kind="stable")]
    else:
        g_bar = np.take_along_axis(z_bar, np.argsort(a, axis=axis, kind="stable"), axis)
    a_bar = None  # only its order is read


@tangent(runtime.sort_bar)
def sort_bar_tangent(z, g, a, axis=-1):
    unread = a_dot
    z_dot = sort_bar(g_dot, a, axis)


@adjoint(runtime.partition_bar)
def partition_bar(z, g, y, a, axis=-1):
    g_bar = partition_dot(z_bar, y, a, axis)
    y_bar = None  # only their order is read
    a_bar = None


@tangent(runtime.partition_bar)
def partition_bar_tangent(z, g, y, a, axis=-1):
    unread = (y_dot, a_dot)
    z_dot = partition_bar(g_dot, y, a, axis)


@adjoint(runtime.quantile_bar)
def quantile_bar(z, g, a, q, axis=None, method="linear", skip_nan=False):
    g_bar = quantile_dot(z_bar, g, a, q, axis, method, skip_nan)
    a_bar = None  # only its order is read


@tangent(runtime.quantile_bar)
def quantile_bar_tangent(z, g, a, q, axis=None, method="linear", skip_nan=False):
    unread = a_dot
    z_dot = quantile_bar(g_dot, a, q, axis, method, skip_nan)


# --- shapes -------------------------------------------------------------------------------------------------


@adjoint(runtime.join_like)
def join_like(z, pieces, parts, axis=0, shape=None):
    pieces_bar = split_like(z_bar, parts, axis)
    parts_bar = None  # only their shapes are read


@tangent(runtime.join_like)
def join_like_tangent(z, pieces, parts, axis=0, shape=None):
    unread = parts_dot
    z_dot = join_like(pieces_dot, parts, axis, shape)


@adjoint(runtime.unroll_axis, memory="view")
def unroll_axis(z, g, axis, start):
    g_bar = np.rollaxis(z_bar, axis, start)


@tangent(runtime.unroll_axis)
def unroll_axis_tangent(z, g, axis, start):
    z_dot = unroll_axis(g_dot, axis, start)


@adjoint(runtime.trace_bar)
def trace_bar(z, g, a, offset=0, axis1=0, axis2=1):
    g_bar = np.trace(z_bar, offset, axis1, axis2)
    a_bar = None  # only its shape is read


@tangent(runtime.trace_bar)
def trace_bar_tangent(z, g, a, offset=0, axis1=0, axis2=1):
    unread = a_dot
    z_dot = trace_bar(g_dot, a, offset, axis1, axis2)


@adjoint(runtime.diag_bar, memory="maybe_view")
def diag_bar(z, g, v, k=0):
    g_bar = np.diag(z_bar, k)
    v_bar = None  # only its shape is read


@tangent(runtime.diag_bar)
def diag_bar_tangent(z, g, v, k=0):
    unread = v_dot
    z_dot = diag_bar(g_dot, v, k)


@adjoint(runtime.windows_bar)
def windows_bar(z, g, x, window_shape, axis=None):
    g_bar = np.lib.stride_tricks.sliding_window_view(z_bar, window_shape, axis)
    x_bar = None  # only its shape is read


@tangent(runtime.windows_bar)
def windows_bar_tangent(z, g, x, window_shape, axis=None):
    unread = x_dot
    z_dot = windows_bar(g_dot, x, window_shape, axis)


_LINEAR_PADS = ("constant", "edge", "linear_ramp", "mean", "wrap", "reflect", "symmetric")


@adjoint(runtime.pad_bar, options={"mode": _LINEAR_PADS, "stat_length": (None,), "reflect_type": ("even",)})
def pad_bar(z, g, array, pad_width, mode, stat_length=None, reflect_type="even"):
    g_bar = np.pad(z_bar, pad_width, mode)
    array_bar = None  # only its shape is read


@tangent(runtime.pad_bar, options={"mode": _LINEAR_PADS, "stat_length": (None,), "reflect_type": ("even",)})
def pad_bar_tangent(z, g, array, pad_width, mode, stat_length=None, reflect_type="even"):
    unread = array_dot
    z_dot = pad_bar(g_dot, array, pad_width, mode)


# --- samples ------------------------------------------------------------------------------------------------


@adjoint(runtime.diff_bar, memory="maybe_view")
def diff_bar(z, g, n=1, axis=-1, a=None):
    g_bar = np.diff(z_bar, n, axis)
    a_bar = None  # only its shape is read


@tangent(runtime.diff_bar)
def diff_bar_tangent(z, g, n=1, axis=-1, a=None):
    unread = a_dot
    z_dot = diff_bar(g_dot, n, axis, a)


@adjoint(runtime.trapezoid_values_bar)
def trapezoid_values_bar(z, g, y, x, dx, axis=-1):
    g_bar = trapezoid_sum(z_bar, panel_widths(x, dx, y, axis), axis)
    y_bar = None  # only its shape is read
    x_bar = trapezoid_nodes_bar(g, z_bar, x, axis)
    dx_bar = trapezoid_step_bar(g, z_bar, x, dx, axis)


@tangent(runtime.trapezoid_values_bar)
def trapezoid_values_bar_tangent(z, g, y, x, dx, axis=-1):
    if x is None:
        unread = y_dot
        z_dot = trapezoid_values_bar(g_dot, y, x, dx, axis) + trapezoid_values_bar(g, y, None, dx_dot, axis)
    else:
        unread = (y_dot, dx_dot)
        z_dot = trapezoid_values_bar(g_dot, y, x, dx, axis) + trapezoid_values_bar(g, y, x_dot, dx, axis)


@adjoint(runtime.trapezoid_nodes_bar)
def trapezoid_nodes_bar(z, g, y, x, axis=-1):
    g_bar = trapezoid_sum(y, panel_widths(z_bar, None, y, axis), axis)
    y_bar = trapezoid_values_bar(g, y, z_bar, 1.0, axis)
    x_bar = None  # only its shape is read


@tangent(runtime.trapezoid_nodes_bar)
def trapezoid_nodes_bar_tangent(z, g, y, x, axis=-1):
    unread = x_dot
    z_dot = trapezoid_nodes_bar(g_dot, y, x, axis) + trapezoid_nodes_bar(g, y_dot, x, axis)


@adjoint(runtime.gradient_bar)
def gradient_bar(z, g, f, varargs, axis=None, edge_order=1):
    g_bar = np.gradient(z_bar, *varargs, axis=axis, edge_order=edge_order)
    f_bar = None  # only its shape is read


@tangent(runtime.gradient_bar)
def gradient_bar_tangent(z, g, f, varargs, axis=None, edge_order=1):
    unread = f_dot
    z_dot = gradient_bar(g_dot, f, varargs, axis, edge_order)


@adjoint(runtime.strided_bar)
def strided_bar(z, g, x, shape=None, strides=None):
    g_bar = strided_take(z_bar, x, shape, strides)
    x_bar = None  # only its shape and strides are read


@adjoint(runtime.strided_take)
def strided_take(z, v, x, shape=None, strides=None):
    v_bar = strided_bar(z_bar, x, shape, strides)
    x_bar = None  # only its shape and strides are read


@adjoint(runtime.strided_view, memory="maybe_view")
def strided_view(z, v, x, shape=None, strides=None):
    v_bar = strided_bar(z_bar, x, shape, strides)
    x_bar = None  # only its shape and strides are read


@adjoint(runtime.item_bar)
def item_bar(y, g, a, args):
    g_bar = item_of(y_bar, args)
    a_bar = None  # only its shape is read


@adjoint(runtime.interp_slope)
def interp_slope(z, x, xp, fp):
    x_bar = None  # the slope is constant between the nodes
    xp_bar = -interp_slope_bar(z_bar * z, x, xp)
    fp_bar = interp_slope_bar(z_bar, x, xp)


@tangent(runtime.interp_slope)
def interp_slope_tangent(z, x, xp, fp):
    unread = x_dot
    z_dot = interp_slope(x, xp, fp_dot) - z * interp_slope(x, xp, xp_dot)


@adjoint(runtime.interp_slope_bar)
def interp_slope_bar(z, g, x, xp):
    slope = interp_slope(x, xp, z_bar)
    g_bar = slope
    x_bar = None  # the slope is constant between the nodes
    xp_bar = -interp_slope_bar(g * slope, x, xp)


@tangent(runtime.interp_slope_bar)
def interp_slope_bar_tangent(z, g, x, xp):
    unread = x_dot
    z_dot = interp_slope_bar(g_dot, x, xp) - interp_slope_bar(g * interp_slope(x, xp, xp_dot), x, xp)


@adjoint(runtime.interp_values_bar)
def interp_values_bar(z, g, x, xp, fp, left=None, right=None):
    g_bar = np.interp(x, xp, z_bar, None if left is None else 0.0, None if right is None else 0.0)
    x_bar = g * interp_slope(x, xp, z_bar)
    xp_bar = interp_nodes_bar(g, x, xp, z_bar)
    fp_bar = None  # only its shape is read
    left_bar = None  # only whether there is one
    right_bar = None


@tangent(runtime.interp_values_bar)
def interp_values_bar_tangent(z, g, x, xp, fp, left=None, right=None):
    unread = (fp_dot, left_dot, right_dot)
    z_dot = (
        interp_values_bar(g_dot, x, xp, fp, left, right)
        + interp_slope_bar(g * x_dot, x, xp)
        - interp_slope_bar(g * np.interp(x, xp, xp_dot), x, xp)
    )


linear(runtime.item_bar, runtime.strided_bar, runtime.strided_take, runtime.strided_view)
