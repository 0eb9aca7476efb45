"""Rows of products of arrays and of `numpy.linalg`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.rules.rows import Row, complex_normal, normal, positive_definite, row

_NEW = hasattr(np, "vecdot")  # NumPy 2


def _since_2(module: Any, name: str, *calls: tuple[Any, ...]) -> list[Row]:
    """Rows of a function that NumPy has since 2.0; a dict at the end of a call holds its keyword arguments."""
    function = getattr(module, name, None)
    if function is None:
        return []
    rows = []
    for k, call in enumerate(calls):
        kw = call[-1] if isinstance(call[-1], dict) else {}
        rows.append(row(function, *call[: len(call) - bool(kw)], kw=kw, note=f"form {k}"))
    return rows


def _of_kinds(function: Callable[..., Any], matrices: dict[str, np.ndarray], *further: Any, **options: Any) -> list[Row]:
    """A row of `function` for each matrix, with the further arguments as they are."""
    return [row(function, a, *further, note=kind, **options) for kind, a in matrices.items()]


def hermitian(n: int) -> np.ndarray:
    a = complex_normal(n, n)
    return a + a.conj().T


def hermitian_definite(n: int) -> np.ndarray:
    a = complex_normal(n, n)
    return a @ a.conj().T + n * np.eye(n)


_SYSTEMS = {
    "real": normal(3, 3) + 2.0 * np.eye(3),
    "complex": complex_normal(3, 3),
    "batch": normal(2, 3, 3) + 2.0 * np.eye(3),
    "complex batch": complex_normal(2, 3, 3),
}
_SINGULAR = normal(3, 2) @ normal(2, 3)
_DEFINITE = {
    "real": positive_definite(3),
    "batch": np.stack([positive_definite(3), positive_definite(3)]),
    "hermitian": hermitian_definite(3),
    "hermitian batch": np.stack([hermitian_definite(2), hermitian_definite(2)]),
}
_SYMMETRIC = {"real": positive_definite(3), "batch": np.stack([positive_definite(3), positive_definite(3)])}
_SQUARE = {
    "complex": complex_normal(3, 3),
    "real of real values": normal(3, 3) @ np.diag([1.0, 4.0, 9.0]) @ np.eye(3) * 0.1 + np.diag([1.0, 4.0, 9.0]),
    "real of complex values": np.array([[1.0, 2.0, 0.3], [-1.5, 0.7, 0.4], [0.2, -0.3, 2.5]]),
    "batch": complex_normal(2, 3, 3),
}
_OBLONG = {"tall": normal(4, 3), "wide": normal(3, 4), "tall batch": normal(2, 4, 3), "wide batch": normal(2, 2, 3)}
_CONDITIONED = {"square": normal(3, 3), "complex": complex_normal(3, 3), "batch": normal(2, 3, 3)}
_ORDERS = (None, 2, -2, 1, -1, "fro", "nuc", math.inf, -math.inf)

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
    ("...ii->...i", (2, 3, 3)),
    ("a...b,b...->...a", (2, 3, 4), (4, 3)),
    ("ij,jk,kl->il", (2, 3), (3, 2), (2, 4)),
    ("iii", (3, 3, 3)),
    (" ij , j ", (2, 3), (3,)),
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
    row(np.einsum, ",i->i", 0.7, normal(3), note="number", single=False),
    row(np.einsum, "ij,j->i", complex_normal(2, 3), normal(3), note="complex"),
    row(np.kron, normal(2, 3), normal(3, 2)),
    row(np.kron, normal(3), normal(2, 2), note="ranks"),
    row(np.einsum, "ij,ij->i", complex_normal(2, 3), complex_normal(2, 3), note="complex both", kw={"optimize": True}),
    row(np.kron, normal(2, 3), normal(3, 2)),
    row(np.kron, normal(3), normal(2, 2), note="ranks"),
    row(np.kron, complex_normal(2, 2), complex_normal(2), note="complex"),
    row(np.cross, normal(4, 3), normal(4, 3)),
    row(np.cross, normal(3), normal(4, 3), note="broadcast"),
    row(np.cross, normal(3, 3), normal(3, 3), note="axis", kw={"axis": 0}),
    row(np.cross, normal(3), normal(3, 4), note="ranks along an axis", kw={"axis": 0}),
    row(np.cross, normal(3, 4), normal(4, 3), 0, 1, 0, note="axes"),
    row(np.cross, complex_normal(3), normal(3), note="complex"),
    *(
        [
            row(np.cross, normal(4, 2), normal(2), note="plane"),
            row(np.cross, normal(4, 2), normal(3), note="plane and space"),
            row(np.cross, normal(3), normal(4, 2), note="space and plane"),
            row(np.cross, normal(4, 2), normal(4, 3), note="plane and space of one rank"),
            row(np.cross, normal(4, 3), normal(4, 2), note="space and plane of one rank"),
        ]
        if np.lib.NumpyVersion(np.__version__) < "2.5.0"
        else []  # vectors of the plane are refused since
    ),
    *_since_2(np.linalg, "cross", (normal(4, 3), normal(3)), (complex_normal(3, 4), normal(3), {"axis": 0})),
    *_since_2(np.linalg, "outer", (normal(2), normal(3)), (complex_normal(2), normal(3))),
    *_since_2(np.linalg, "matmul", (normal(2, 3), complex_normal(3, 2))),
    *_since_2(np.linalg, "tensordot", (normal(2, 3), normal(2, 3), {"axes": ((0,), (0,))})),
    *(
        r
        for module in (np, np.linalg)
        for r in _since_2(
            module,
            "vecdot",
            (normal(3), normal(3)),
            (complex_normal(2, 1, 3), complex_normal(4, 3)),
            (complex_normal(3), normal(3)),
            (normal(3), complex_normal(2, 3)),
            (complex_normal(3, 4), normal(3, 1), {"axis": 0}),
            (normal(3), normal(3, 4), {"axis": 0}),
        )
    ),
    *_since_2(np, "matvec", (normal(2, 3), normal(3)), (complex_normal(5, 2, 3), complex_normal(3)), (normal(2, 3), normal(4, 3))),
    *_since_2(np, "vecmat", (normal(2), normal(2, 3)), (complex_normal(2), complex_normal(5, 2, 3)), (normal(4, 2), normal(2, 3))),
    row(np.linalg.multi_dot, [normal(2, 3), normal(3, 4)], single=False),
    row(np.linalg.multi_dot, [normal(3), normal(3, 4), normal(4, 2), normal(2)], note="vectors", single=False),
    row(np.linalg.multi_dot, [complex_normal(2, 3), normal(3, 4), normal(4)], note="complex", single=False),
    *(
        row(np.linalg.matrix_power, a, n, note=f"{n} {a.dtype}", tolerance=1e-5)
        for a in (positive_definite(2) / 3, complex_normal(3, 2, 2))
        for n in (0, 1, 2, 3, 5, -1, -2)
    ),
    *(
        row(f, normal(n), normal(m), mode, note=f"{mode} {n} {m}")
        for f in (np.convolve, np.correlate)
        for mode in ("full", "same", "valid")
        for n, m in ((5, 3), (3, 5), (6, 4), (4, 6), (4, 4), (5, 2))
    ),
    *(row(f, complex_normal(4), complex_normal(2), mode, note=f"complex {mode}") for f in (np.convolve, np.correlate) for mode in ("full", "same", "valid")),
    row(np.convolve, complex_normal(4), normal(2), note="complex and real"),
    row(np.correlate, normal(4), complex_normal(2), note="real and complex"),
    row(np.dot, complex_normal(2, 3), complex_normal(4, 3, 2), note="complex"),
    row(np.inner, complex_normal(2, 3), complex_normal(3), note="complex"),
    row(np.outer, complex_normal(2), normal(3), note="complex"),
    row(np.tensordot, complex_normal(2, 3), complex_normal(3, 2), ((0, 1), (1, 0)), note="complex"),
    row(np.tensordot, normal(2, 3, 4), normal(4, 3), ([-1, 1], [0, -1]), note="negative axes"),
    row(np.vdot, complex_normal(2, 2), normal(4), note="complex and real"),
]

LINALG: list[Row] = [
    *_of_kinds(np.linalg.inv, _SYSTEMS),
    *_of_kinds(np.linalg.solve, _SYSTEMS, normal(3)),
    *_of_kinds(np.linalg.solve, _SYSTEMS, complex_normal(3, 2)),
    row(np.linalg.solve, np.stack([positive_definite(2), positive_definite(2)]), normal(5, 2, 2, 3), note="broadcast"),
    *_of_kinds(np.linalg.det, _SYSTEMS),
    row(np.linalg.det, _SINGULAR, note="singular"),
    row(np.linalg.det, np.stack([_SINGULAR, normal(3, 3)]), note="one singular"),
    row(np.linalg.det, _SINGULAR[:, :2] @ complex_normal(2, 3), note="singular complex"),
    *_of_kinds(np.linalg.slogdet, _SYSTEMS, tolerance=1e-5),
    row(np.linalg.tensorinv, normal(4, 6, 8, 3)),
    row(np.linalg.tensorinv, complex_normal(6, 3, 2), 1, note="one"),
    row(np.linalg.tensorsolve, normal(2, 3, 6), complex_normal(2, 3)),
    row(np.linalg.tensorsolve, normal(2, 6, 3), normal(2, 3), (1,), note="axes"),
    row(np.linalg.tensorsolve, complex_normal(3, 6, 2), normal(6), (2, 0), note="axes in another order"),
    *_of_kinds(np.linalg.cholesky, _DEFINITE),
    *(_of_kinds(np.linalg.cholesky, _DEFINITE, kw={"upper": True}) if _NEW else []),
    *_of_kinds(np.linalg.eigh, _SYMMETRIC, tolerance=1e-5),
    *_of_kinds(np.linalg.eigh, _SYMMETRIC, "U", tolerance=1e-5),
    row(np.linalg.eigh, hermitian(3), live=(0,), note="hermitian"),
    *_of_kinds(np.linalg.eigvalsh, {**_SYMMETRIC, "hermitian": hermitian(3)}),
    *_of_kinds(np.linalg.eigvalsh, {**_SYMMETRIC, "hermitian": hermitian(3)}, "U"),
    *_of_kinds(np.linalg.eig, _SQUARE, tolerance=1e-5, single=False),
    *_of_kinds(np.linalg.eigvals, _SQUARE, tolerance=1e-5),
    *_of_kinds(np.linalg.svd, {"square": normal(3, 3), "batch": normal(2, 3, 3)}, tolerance=1e-5),
    *_of_kinds(np.linalg.svd, _OBLONG, False, tolerance=1e-5),
    *_of_kinds(np.linalg.svd, _OBLONG, live=(1,)),
    *_of_kinds(np.linalg.svd, {**_OBLONG, "complex": complex_normal(2, 3, 4)}, kw={"compute_uv": False}),
    *(_of_kinds(np.linalg.svdvals, {**_OBLONG, "complex": complex_normal(2, 3, 4)}) if _NEW else []),
    *_of_kinds(np.linalg.qr, {**_OBLONG, **_SQUARE, "complex tall": complex_normal(4, 3), "complex wide": complex_normal(2, 4)}),
    *_of_kinds(np.linalg.qr, {**_OBLONG, "complex tall": complex_normal(4, 3)}, "r"),
    *_of_kinds(np.linalg.qr, {"wide": normal(3, 4), "square": complex_normal(3, 3)}, "complete"),
    *_of_kinds(np.linalg.pinv, {**_OBLONG, "complex": complex_normal(2, 3, 4)}, tolerance=1e-5),
    row(np.linalg.lstsq, normal(5, 3), normal(5), None, live=(0, 1, 3), note="tall"),
    row(np.linalg.lstsq, complex_normal(5, 3), complex_normal(5, 2), None, live=(0, 1, 3), note="complex"),
    row(np.linalg.lstsq, normal(3, 5), normal(3, 2), None, live=(0, 3), note="wide"),
    row(np.linalg.lstsq, complex_normal(5, 3), normal(5), None, live=(0, 1, 3), note="complex matrix"),
    row(np.linalg.lstsq, normal(5, 3), normal(5), None, live=(0,), note="solution"),
    *(r for p in _ORDERS for r in _of_kinds(np.linalg.cond, _CONDITIONED, p, tolerance=1e-5, skip=(1,))),
    row(np.linalg.cond, normal(4, 3), note="tall", tolerance=1e-5),
    *_since_2(np.linalg, "matrix_norm", (normal(3, 4),), (complex_normal(2, 3, 4), {"keepdims": True}), (normal(2, 3), {"ord": "nuc"})),
    *_since_2(
        np.linalg,
        "vector_norm",
        (normal(3, 4),),
        (complex_normal(2, 3, 4), {"keepdims": True, "ord": 3}),
        (normal(2, 3, 4), {"axis": (0, 2), "ord": math.inf}),
        (normal(2, 3), {"axis": 0, "ord": 1}),
    ),
    *_since_2(np.linalg, "trace", (normal(2, 3, 4),), (complex_normal(3, 3), {"offset": -1})),
    *_since_2(np.linalg, "diagonal", (normal(2, 3, 4),), (complex_normal(3, 3), {"offset": -1})),
]
