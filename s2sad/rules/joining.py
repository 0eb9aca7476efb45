"""Rules of functions that join arrays or cut them apart."""
# Templates are parsed, not run: their names are not all defined here.
# mypy: allow-untyped-defs, no-check-untyped-defs

import numpy as np

from s2sad.rules.registry import adjoint


@adjoint(np.concatenate)
def concatenate(y, arrays, axis=0):
    arrays_bar = split_like(y_bar, arrays, axis)


@adjoint(np.stack)
def stack(y, arrays, axis=0):
    if axis == 0:
        arrays_bar = y_bar
    else:
        arrays_bar = np.moveaxis(y_bar, axis, 0)


@adjoint(np.vstack)
def vstack(y, tup):
    tup_bar = split_like(y_bar, tup, 0)


@adjoint(np.hstack)
def hstack(y, tup):
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


@adjoint(np.split, np.array_split, memory="view")
def split(y, ary, indices_or_sections, axis=0):
    ary_bar = join_like(y_bar, y, axis)


@adjoint(np.hsplit, memory="view")
def hsplit(y, ary, indices_or_sections):
    ary_bar = join_like(y_bar, y, min(np.ndim(ary) - 1, 1))


@adjoint(np.vsplit, memory="view")
def vsplit(y, ary, indices_or_sections):
    ary_bar = join_like(y_bar, y, 0)
