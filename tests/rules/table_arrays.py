"""Rows of functions that rearrange, join, select, multiply, factorise, transform and make arrays."""

from __future__ import annotations

import numpy as np

from tests.rules.rows import (
    Row,
    complex_normal,
    distinct,
    normal,
    positive_definite,
    row,
)

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
    row(np.ediff1d, normal(5)),
    row(np.gradient, normal(5)),
    row(np.gradient, normal(5), 0.5, note="spacing"),
    row(np.gradient, normal(5), 0.5, note="second order edges", kw={"edge_order": 2}),
    row(np.gradient, normal(4, 5), 0.5, 0.25, note="plane"),
    row(np.gradient, normal(4, 5), 0.5, note="axis", kw={"axis": 0}),
]
_TRAPEZOID = getattr(np, "trapezoid", None) or np.trapz
SAMPLING += [
    row(_TRAPEZOID, normal(3, 5)),
    row(_TRAPEZOID, normal(3, 5), None, 0.3, note="step"),
    row(_TRAPEZOID, normal(3, 5), distinct(5), note="nodes"),
    row(_TRAPEZOID, normal(4, 3), distinct(4), note="axis", kw={"axis": 0}),
]

_RANKS = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)),
    ((5, 1, 2, 3), (4, 3, 2)),
]
_EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk", (2, 3), (3, 4)),
    ("ii->i", (3, 3)),
    ("ii", (3, 3)),
    ("ij->j", (2, 3)),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("i,i,i", (3,), (3,), (3,)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("iij,j->i", (3, 3, 2), (2,)),
    ("...i->...", (2, 3)),
    ("ij->ji", (2, 3)),
    ("i,j->ij", (2,), (3,)),
    ("i...,i...", (3, 2), (3, 1)),
    ("ba", (2, 3)),
    ("iji->j", (2, 3, 2)),
]

ALGEBRA: list[Row] = [
    *(row(np.matmul, normal(*a), normal(*b), note=f"{a} {b}") for a, b in _RANKS),
    *(
        row(np.dot, normal(*a), normal(*b), note=f"{a} {b}")
        for a, b in [*_RANKS[:5], *_RANKS[6:8], ((5, 2, 3), (4, 3, 2))]
    ),
    row(np.dot, 0.3, normal(3), note="float"),
    row(np.matmul, complex_normal(2, 3), normal(3), note="complex"),
    row(np.inner, normal(3), normal(3)),
    row(np.inner, normal(2, 3), normal(4, 3), note="matrices"),
    row(np.inner, normal(2, 3), normal(3), note="mixed"),
    row(np.vdot, normal(2, 3), normal(2, 3)),
    row(np.vdot, complex_normal(3), complex_normal(3), note="complex"),
    row(np.vdot, normal(3), normal(3), note="vectors"),
    row(np.outer, normal(2), normal(3)),
    row(np.outer, normal(2, 2), normal(3), note="matrix"),
    row(np.tensordot, normal(2, 3, 4), normal(3, 4, 5)),
    row(np.tensordot, normal(2, 3), normal(4), 0, note="outer"),
    row(np.tensordot, normal(2, 3, 4), normal(4, 5, 2), ((0, 2), (2, 0)), note="axes"),
    row(np.tensordot, normal(2, 3), normal(2, 3), 2, note="scalar"),
    *(row(np.einsum, s, *(normal(*d) for d in shapes), note=s) for s, *shapes in _EINSUMS),
    row(np.einsum, "ij,j->i", complex_normal(2, 3), normal(3), note="complex"),
    row(np.kron, normal(2, 3), normal(3, 2)),
    row(np.kron, normal(3), normal(2, 2), note="ranks"),
    row(np.cross, normal(4, 3), normal(4, 3)),
    row(np.cross, normal(3), normal(4, 3), note="broadcast"),
    *(
        row(np.convolve, normal(n), normal(m), mode, note=f"{mode} {n} {m}")
        for mode in ("full", "same", "valid")
        for n, m in ((5, 3), (3, 5), (6, 4), (4, 4))
    ),
]

LINALG: list[Row] = [
    row(np.linalg.inv, positive_definite(3)),
    row(np.linalg.inv, np.stack([positive_definite(2), positive_definite(2)]), note="batch"),
    row(np.linalg.solve, positive_definite(3), normal(3)),
    row(np.linalg.solve, positive_definite(3), normal(3, 2), note="matrix"),
    row(np.linalg.solve, np.stack([positive_definite(2), positive_definite(2)]), normal(2, 3), note="batch"),
    row(np.linalg.solve, complex_normal(3, 3), complex_normal(3), note="complex"),
    row(np.linalg.det, normal(3, 3)),
    row(np.linalg.det, normal(2, 3, 3), note="batch"),
    row(np.linalg.slogdet, normal(3, 3)),
    row(np.linalg.slogdet, normal(2, 3, 3), note="batch"),
    row(np.linalg.slogdet, complex_normal(3, 3), note="complex", tolerance=1e-5),
    row(np.linalg.cholesky, positive_definite(3)),
    row(np.linalg.cholesky, np.stack([positive_definite(3), positive_definite(3)]), note="batch"),
    row(np.linalg.eigh, positive_definite(3), tolerance=1e-5),
    row(np.linalg.eigh, positive_definite(3), "U", note="U", tolerance=1e-5),
    row(
        np.linalg.eigh,
        complex_normal(3, 3) @ np.diag([1.0, 2.0, 3.0]),
        note="complex",
        live=(0,),
        tolerance=1e-5,
    ),
    row(np.linalg.eigvalsh, positive_definite(3)),
    row(np.linalg.svd, normal(3, 3), tolerance=1e-5),
    row(np.linalg.svd, normal(4, 3), False, note="tall", tolerance=1e-5),
    row(np.linalg.svd, normal(3, 4), False, note="wide", tolerance=1e-5),
    row(np.linalg.svd, normal(3, 4), note="values of full", live=(1,)),
    row(np.linalg.svd, normal(3, 4), kw={"compute_uv": False}, note="values"),
    row(np.linalg.pinv, normal(4, 3), tolerance=1e-5),
    row(np.linalg.pinv, complex_normal(3, 4), note="complex", tolerance=1e-5),
    *(
        row(np.linalg.matrix_power, positive_definite(2) / 3, n, note=str(n), tolerance=1e-5)
        for n in (0, 1, 3, -2)
    ),
]

_NORMS = (None, "backward", "ortho", "forward")
FOURIER: list[Row] = [
    *(
        row(f, complex_normal(2, 5), kw={"norm": n}, note=str(n))
        for f in (np.fft.fft, np.fft.ifft)
        for n in _NORMS
    ),
    *(
        row(f, normal(5), n, note=f"real {n}")
        for f in (np.fft.fft, np.fft.ifft, np.fft.rfft)
        for n in (None, 3, 8)
    ),
    *(
        row(np.fft.rfft, normal(m, 2), kw={"axis": 0, "norm": n}, note=f"{m} {n}")
        for m in (5, 6)
        for n in _NORMS
    ),
    *(
        row(np.fft.irfft, complex_normal(4), n, kw={"norm": k}, note=f"{n} {k}")
        for n in (None, 5, 7, 9)
        for k in _NORMS
    ),
    *(row(f, complex_normal(2, 3)) for f in (np.fft.fft2, np.fft.ifft2, np.fft.fftn, np.fft.ifftn)),
    row(np.fft.fft2, normal(2, 3), note="real"),
    row(np.fft.fftshift, normal(5)),
    row(np.fft.ifftshift, normal(5)),
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
