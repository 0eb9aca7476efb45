"""Rows of functions that rearrange, join, select and make arrays."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from s2sad import runtime
from tests.rules.rows import Row, complex_normal, distinct, normal, row

SHAPES: list[Row] = [
    row(np.reshape, normal(2, 6), (3, 4)),
    row(np.reshape, normal(2, 6), (3, 4), note="F", kw={"order": "F"}),
    row(np.ravel, normal(2, 3)),
    row(np.ravel, np.asfortranarray(normal(2, 3)), "A", note="A"),
    row(np.ndarray.flatten, normal(2, 3)),
    row(np.transpose, normal(2, 3, 4)),
    row(np.transpose, normal(2, 3, 4), (2, 0, 1), note="axes"),
    row(np.transpose, normal(2, 3, 4), (-1, 0, 1), note="negative axes"),
    *([row(np.matrix_transpose, normal(2, 3, 4))] if hasattr(np, "matrix_transpose") else []),
    row(np.swapaxes, normal(2, 3, 4), 0, -1),
    row(np.moveaxis, normal(2, 3, 4), 0, 2),
    row(np.moveaxis, normal(2, 3, 4), (0, 1), (2, 0), note="several"),
    *(row(np.rollaxis, normal(2, 3, 4), a, s, note=f"{a} {s}") for a, s in ((0, 3), (2, 0), (1, 2), (2, -1))),
    row(np.squeeze, normal(2, 1, 3)),
    row(np.expand_dims, normal(2, 3), 1),
    row(np.atleast_1d, np.array(0.7)),
    row(np.atleast_2d, normal(3)),
    row(np.atleast_3d, normal(3, 2)),
    row(np.broadcast_to, normal(3, 1), (2, 3, 4)),
    row(np.flip, normal(2, 3)),
    row(np.flip, normal(2, 3), 1, note="axis"),
    row(np.fliplr, normal(2, 3)),
    row(np.flipud, normal(2, 3)),
    row(np.rot90, normal(2, 3)),
    row(np.roll, normal(2, 3), 2),
    row(np.roll, normal(2, 3), (1, 2), (0, 1), note="several"),
    row(np.repeat, normal(2, 3), 2),
    row(np.repeat, normal(2, 3), 2, 1, note="axis"),
    row(np.repeat, normal(2, 3), np.array([2, 0, 1]), 1, note="counts"),
    row(np.tile, normal(2, 3), 2),
    row(np.tile, normal(2, 3), (2, 1, 3), note="more axes"),
    row(np.tile, normal(2, 2, 3), (2,), note="fewer axes"),
    row(np.pad, normal(2, 3), 2),
    row(np.pad, normal(2, 3), ((1, 0), (2, 3)), note="uneven"),
    row(np.tril, normal(3, 4), 1),
    row(np.triu, normal(3, 4), -1),
    row(np.diag, normal(3), 1),
    row(np.diag, normal(3, 4), -1, note="matrix"),
    row(np.diagonal, normal(3, 4, 2), 1),
    row(np.diagonal, normal(3, 4, 2), -1, 2, 0, note="axes"),
    row(np.trace, normal(3, 4)),
    row(np.trace, normal(3, 4, 2), 1, 2, 0, note="axes"),
]

JOINING: list[Row] = [
    row(np.concatenate, [normal(2, 3), normal(1, 3)]),
    row(np.concatenate, [normal(2, 3), normal(2, 1), np.zeros((2, 0))], 1, note="axis"),
    row(np.concatenate, [normal(2, 3), normal(2)], None, note="flat"),
    row(np.concatenate, [normal(2, 3), normal(2, 1)], -1, note="last"),
    *(row(f, normal(2, 3, 4), note="an array") for f in (np.concatenate, np.vstack, np.hstack, np.dstack, np.column_stack)),
    row(np.concatenate, normal(2, 3, 4), None, note="an array, flat"),
    row(np.select, np.array([[True, False], [True, True]]), normal(2, 2), 0.3, note="an array"),
    row(np.stack, [normal(2, 3), normal(2, 3)]),
    row(np.stack, [normal(2, 3), normal(2, 3)], -1, note="last"),
    row(np.stack, [0.3, 0.4], note="floats", single=False),
    *(
        row(f, [normal(3), normal(3)], note="vectors")
        for f in (np.vstack, np.hstack, np.dstack, np.column_stack)
    ),
    *(
        row(f, [normal(2, 3), normal(2, 3)], note="matrices")
        for f in (np.vstack, np.hstack, np.dstack, np.column_stack)
    ),
    row(np.hstack, [0.3, normal(2)], note="float", single=False),
    row(np.append, normal(3), normal(2)),
    row(np.append, normal(3, 2), normal(1, 2), 0, note="axis"),
    row(np.split, normal(6), 3),
    row(np.array_split, normal(7, 2), 3),
    row(np.split, normal(2, 6), [1, 4], 1, note="indices"),
    row(np.split, normal(6), 3, note="one part", live=(1,)),
    row(np.hsplit, normal(2, 4), 2),
    row(np.vsplit, normal(4, 2), 2),
]

SELECTION: list[Row] = [
    row(np.where, normal(2, 3) > 0, normal(2, 3), normal(3)),
    row(np.where, np.array([True, False]), 0.3, normal(2), note="float"),
    row(np.clip, distinct(2, 3), -0.21, 0.3),
    row(np.clip, distinct(4, 3), normal(3) - 1.0, normal(4, 1) + 1.0, note="arrays"),
    row(np.clip, distinct(4), None, 0.1, note="above"),
    row(np.clip, distinct(4), 0.1, None, note="below"),
    row(np.clip, distinct(4), 0.3, -0.3, note="crossed"),
    row(np.sort, distinct(3, 4)),
    row(np.sort, distinct(3, 4), 0, note="axis"),
    row(np.sort, distinct(3, 4), None, note="flat"),
    row(np.take, normal(3, 4), np.array([[0, 5], [5, 11]])),
    row(np.take, normal(3, 4), np.array([0, -1, 0]), 1, note="axis"),
    row(np.take_along_axis, normal(3, 4), np.array([[0, 0], [3, 1], [2, 2]]), 1),
    row(np.take_along_axis, normal(3, 4), np.array([0, 0, 5]), None, note="flat"),
    row(np.compress, np.array([True, False, True]), normal(3, 2), 0),
    row(np.extract, np.array([True, False, True]), normal(3)),
    row(
        np.select,
        [np.array([True, False, False]), np.array([True, True, False])],
        [normal(3), normal(3)],
        normal(3),
    ),
]

_X, _XP = np.array([0.3, 1.7, 2.4, -1.0, 9.0]), np.array([0.0, 1.0, 2.2, 3.1])

SAMPLING: list[Row] = [
    row(np.interp, _X, _XP, normal(4)),
    row(np.interp, 1.3, _XP, normal(4), note="scalar"),
    row(np.diff, normal(3, 5)),
    row(np.diff, normal(5, 3), 2, 0, note="second"),
    row(np.diff, normal(5, 3), 3, 1, note="none left"),
    row(np.diff, normal(5, 3), 5, 1, note="more than there are"),
    row(np.ediff1d, normal(5)),
    row(np.gradient, normal(5)),
    row(np.gradient, normal(5), 0.5, note="spacing"),
    row(np.gradient, normal(5), 0.5, note="second order edges", kw={"edge_order": 2}),
    row(np.gradient, normal(4, 5), 0.5, 0.25, note="plane"),
    row(np.gradient, normal(4, 5), 0.5, note="axis", kw={"axis": 0}),
    row(np.gradient, complex_normal(5), 0.5, note="complex"),
    row(np.gradient, complex_normal(5), distinct(5), note="complex nodes"),
]
_TRAPEZOID = getattr(np, "trapezoid", None) or np.trapz
SAMPLING += [
    row(_TRAPEZOID, normal(3, 5)),
    row(_TRAPEZOID, normal(3, 5), None, 0.3, note="step"),
    row(_TRAPEZOID, normal(3, 5), distinct(5), note="nodes"),
    row(_TRAPEZOID, normal(4, 3), distinct(4), note="axis", kw={"axis": 0}),
    row(_TRAPEZOID, normal(4, 3), distinct(4), 0.3, 0, note="nodes and step"),
    row(_TRAPEZOID, normal(4, 3), None, normal(3), 0, note="steps"),
]

CREATION: list[Row] = [
    row(np.copy, normal(2, 3)),
    row(np.asarray, normal(2, 3)),
    row(np.asarray, 0.7, note="float"),
    row(np.asarray, [0.7, 0.3], note="list"),
    row(np.array, [[0.7, 0.3], [1.0, 2.0]], note="nested"),
    row(np.array, normal(3)),
    row(np.array, (0.3, normal(1)[0]), note="tuple"),
    row(np.asarray, normal(3), np.complex128, note="to complex", single=False),
    row(np.ndarray.astype, normal(3), np.float64, single=False),
    row(np.ndarray.item, normal(3), 1),
    row(np.ndarray.item, normal(2, 3), (1, 2), note="pair"),
    row(as_strided, normal(6), (3, 2), (16, 8), note="strides", single=False),
    row(as_strided, normal(7), (5, 3), (8, 8), note="strides", single=False),
    row(as_strided, normal(3, 4), (4, 2), (0, 40), note="strides", single=False),
    row(as_strided, complex_normal(4), (2, 2), (16, 16), note="strides", single=False),
    row(as_strided, normal(2, 3), note="as it is"),
    row(runtime.strided_bar, normal(5, 3), normal(7), (5, 3), (8, 8), skip=(1,), note="strides", single=False),
    *(row(f, normal(7), normal(7), (5, 3), (8, 8), skip=(1,), note="strides", single=False) for f in (runtime.strided_take, runtime.strided_view)),
    row(np.ndarray.tolist, normal(2, 3), single=False),
    row(np.full, (2, 3), 0.7),
    row(np.full, (2, 3), normal(3), note="row"),
    row(np.full_like, normal(2, 3), 0.7, skip=(0,)),
    row(np.linspace, 0.3, 2.0, 5),
    row(np.linspace, normal(2), normal(2), 4, False, note="arrays"),
    row(np.arange, 0.3, 2.0, 0.5, single=False, skip=(1,)),
    row(np.meshgrid, normal(2), normal(3), normal(2)),
    row(np.meshgrid, normal(2), normal(3), kw={"indexing": "ij"}, note="ij"),
]
