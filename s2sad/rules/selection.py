"""Rules of functions that choose among elements."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.where, elementwise=True)
def where(out, condition, x, y):
    x_bar = np.where(condition, out_bar, 0.0)
    y_bar = np.where(condition, 0.0, out_bar)


@adjoint(np.clip, elementwise=True)
def clip(y, a, a_min=None, a_max=None):
    if a_min is None:
        a_bar = np.where(a < a_max, y_bar, np.where(a == a_max, 0.5 * y_bar, 0.0))
        a_max_bar = np.where(a > a_max, y_bar, np.where(a == a_max, 0.5 * y_bar, 0.0))
    elif a_max is None:
        a_bar = np.where(a > a_min, y_bar, np.where(a == a_min, 0.5 * y_bar, 0.0))
        a_min_bar = np.where(a < a_min, y_bar, np.where(a == a_min, 0.5 * y_bar, 0.0))
    else:
        edge_bar = np.where((a == a_min) | (a == a_max), 0.5 * y_bar, 0.0)
        a_bar = np.where((a_min < a) & (a < a_max), y_bar, np.where(a_min < a_max, edge_bar, 0.0))
        a_min_bar = np.where(
            a_min < a_max, np.where(a < a_min, y_bar, np.where(a == a_min, 0.5 * y_bar, 0.0)), 0.0
        )
        a_max_bar = np.where((a > a_max) | (a_min >= a_max), y_bar, np.where(a == a_max, 0.5 * y_bar, 0.0))


@adjoint(np.sort)
def sort(y, a, axis=-1, kind=None, *, stable=None):
    a_bar = sort_bar(y_bar, a, axis)


@adjoint(np.partition)
def partition(y, a, kth, axis=-1, kind="introselect"):
    a_bar = partition_bar(y_bar, y, a, axis)


@adjoint(np.unique, options={"axis": (None,)})
def unique(y, ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True):
    if return_index or return_inverse or return_counts:
        ar_bar = unique_bar(y_bar[0], y[0], ar)
    else:
        ar_bar = unique_bar(y_bar, y, ar)


@adjoint(np.take)
def take(y, a, indices, axis=None, *, mode="raise"):
    if mode == "raise":
        a_bar = take_bar(y_bar, a, indices, axis)
    else:
        a_bar = take_bar(y_bar, a, bounded_indices(indices, a, axis, mode), axis)


@adjoint(np.choose)
def choose(y, a, choices, *, mode="raise"):
    choices_bar = choose_bar(y_bar, a, choices, mode)


@adjoint(np.take_along_axis)
def take_along_axis(y, arr, indices, axis=-1):
    arr_bar = take_along_bar(y_bar, arr, indices, axis)


@adjoint(np.compress)
def compress(y, condition, a, axis=None):
    a_bar = take_bar(y_bar, a, np.flatnonzero(condition), axis)


@adjoint(np.extract)
def extract(y, condition, arr):
    arr_bar = take_bar(y_bar, arr, np.flatnonzero(condition), None)


@adjoint(np.select)
def select(y, condlist, choicelist, default=0):
    parts_bar = select_bar(y_bar, condlist, choicelist, default)
    choicelist_bar = parts_bar[0]
    default_bar = parts_bar[1]


# --- tangents -----------------------------------------------------------------------------------------------

linear(np.take, np.take_along_axis)


@tangent(np.where)
def where_tangent(out, condition, x, y):
    out_dot = np.where(condition, x_dot, y_dot)


@tangent(np.sort)
def sort_tangent(y, a, axis=-1, kind=None, *, stable=None):
    order = np.argsort(a, axis=axis, kind="stable")
    if axis is None:
        y_dot = np.ravel(a_dot)[order]
    else:
        y_dot = np.take_along_axis(a_dot, order, axis)


@tangent(np.partition)
def partition_tangent(y, a, kth, axis=-1, kind="introselect"):
    y_dot = partition_dot(a_dot, y, a, axis)


@tangent(np.unique, options={"axis": (None,)})
def unique_tangent(y, ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True):
    y_dot = unique_dot(ar_dot, y, ar)


@tangent(np.choose)
def choose_tangent(y, a, choices, *, mode="raise"):
    y_dot = np.choose(a, choices_dot, mode=mode)


@tangent(np.compress)
def compress_tangent(y, condition, a, axis=None):
    y_dot = np.compress(condition, a_dot, axis)


@tangent(np.extract)
def extract_tangent(y, condition, arr):
    y_dot = np.extract(condition, arr_dot)


@tangent(np.select)
def select_tangent(y, condlist, choicelist, default=0):
    y_dot = np.select(condlist, choicelist_dot, default_dot)
