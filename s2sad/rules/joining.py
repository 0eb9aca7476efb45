"""Rules of functions that join arrays or cut them apart."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint, linear, tangent


@adjoint(np.concatenate)
def concatenate(y, arrays, axis=0, *, dtype=None, casting="same_kind"):
    arrays_bar = split_like(y_bar, arrays, axis)


@adjoint(np.stack)
def stack(y, arrays, axis=0, *, dtype=None, casting="same_kind"):
    if axis == 0:
        arrays_bar = y_bar
    else:
        arrays_bar = np.moveaxis(y_bar, axis, 0)


@adjoint(np.block)
def block(y, arrays):
    arrays_bar = block_bar(y_bar, arrays)


@adjoint(np.vstack)
def vstack(y, tup, *, dtype=None, casting="same_kind"):
    tup_bar = split_like(y_bar, tup, 0)


@adjoint(np.hstack)
def hstack(y, tup, *, dtype=None, casting="same_kind"):
    tup_bar = split_like(y_bar, tup, min(np.ndim(y) - 1, 1))


@adjoint(np.dstack)
def dstack(y, tup):
    tup_bar = split_like(y_bar, tup, 2)


@adjoint(np.column_stack)
def column_stack(y, tup):
    tup_bar = split_like(y_bar, tup, 1)


@adjoint(np.append)
def append(y, arr, values, axis=None):
    pieces_bar = split_like(y_bar, (arr, values), axis)
    arr_bar = pieces_bar[0]
    values_bar = pieces_bar[1]


@adjoint(np.insert)
def insert(y, arr, obj, values, axis=None):
    pieces_bar = insert_bar(y_bar, arr, obj, values, axis)
    arr_bar = pieces_bar[0]
    values_bar = pieces_bar[1]


@adjoint(np.delete)
def delete(y, arr, obj, axis=None):
    arr_bar = delete_bar(y_bar, arr, obj, axis)


@adjoint(np.split, np.array_split, memory="view")
def split(y, ary, indices_or_sections, axis=0):
    ary_bar = join_like(y_bar, y, axis)


@adjoint(np.hsplit, memory="view")
def hsplit(y, ary, indices_or_sections):
    ary_bar = join_like(y_bar, y, min(np.ndim(ary) - 1, 1))


@adjoint(np.vsplit, memory="view")
def vsplit(y, ary, indices_or_sections):
    ary_bar = join_like(y_bar, y, 0)


@adjoint(np.dsplit, memory="view")
def dsplit(y, ary, indices_or_sections):
    ary_bar = join_like(y_bar, y, 2)


@adjoint(getattr(np, "unstack", None), memory="view")
def unstack(y, x, *, axis=0):
    x_bar = unstack_bar(y_bar, y, axis)


# --- tangents -----------------------------------------------------------------------------------------------

linear(
    np.concatenate,
    np.stack,
    np.block,
    np.vstack,
    np.hstack,
    np.dstack,
    np.column_stack,
    np.delete,
    np.split,
    np.array_split,
    np.hsplit,
    np.vsplit,
    np.dsplit,
    getattr(np, "unstack", None),
)


@tangent(np.append)
def append_tangent(y, arr, values, axis=None):
    y_dot = np.append(arr_dot, values_dot, axis)


@tangent(np.insert)
def insert_tangent(y, arr, obj, values, axis=None):
    y_dot = np.insert(arr_dot, obj, values_dot, axis)
