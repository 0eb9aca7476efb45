"""Helpers that emitted code may call for tangents of `scipy.linalg`; a helper imports SciPy when it runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_linalg_forward import cholesky_tangent, qr_tangent
from s2sad.runtime_products import _t
from s2sad.runtime_scipy import _by_matrix, _check_pivots, _matrix_read, _order_of, _structure

__all__ = [
    "block_diag_of", "cho_factor_tangent", "cho_solve_tangent", "linear_solve_tangent", "lu_factor_tangent", "lu_solve_tangent",
    "lu_tangent", "scipy_qr_tangent", "toeplitz_of", "triangular_solve_tangent",
]  # fmt: skip

# --- systems ------------------------------------------------------------------------------------------------


def linear_solve_tangent(
    a_dot: Any, b_dot: Any, y: Any, a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False
) -> Any:
    """The tangent of `y = scipy.linalg.solve(a, b, lower, assume_a=assume_a, transposed=transposed)`."""
    structure = _structure(assume_a)
    matrix, change = _matrix_read(a, structure, lower), _matrix_read(a_dot, structure, lower)
    if transposed:
        matrix, change = _t(matrix), _t(change)
    if np.ndim(b) == 1:
        return np.linalg.solve(matrix, b_dot[..., None] - change @ y[..., None])[..., 0]
    return np.linalg.solve(matrix, b_dot - change @ y)


def triangular_solve_tangent(
    a_dot: Any, b_dot: Any, y: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """The tangent of `y = scipy.linalg.solve_triangular(a, b, trans, lower, unit_diagonal)`."""
    from scipy import linalg

    if np.ndim(a) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        return _by_matrix(triangular_solve_tangent, ((a_dot, 2), (b_dot, own), (y, own), (a, 2), (b, own)), trans, lower, unit_diagonal)
    inside = 1 if unit_diagonal else 0
    change = np.tril(a_dot, -inside) if lower else np.triu(a_dot, inside)
    if trans in (1, "T"):
        change = change.T
    elif trans in (2, "C"):
        change = np.conj(change.T)
    return linalg.solve_triangular(a, b_dot - change @ y, trans, lower, unit_diagonal)


def cho_factor_tangent(a_dot: Any, c: Any, lower: bool = False) -> Any:
    """The tangent of `c` of `c, _ = scipy.linalg.cho_factor(a, lower)`; its other triangle is a copy of that of `a`, or zero."""
    if np.ndim(c) > 2:
        return _by_matrix(cho_factor_tangent, ((a_dot, 2), (c, 2)), lower)
    factor, rest = (np.tril(c), np.triu(a_dot, 1)) if lower else (np.triu(c), np.tril(a_dot, -1))
    copied = np.any(np.triu(c, 1) if lower else np.tril(c, -1))
    return cholesky_tangent(a_dot, factor, not lower) + (rest if copied else 0.0)


def cho_solve_tangent(c_dot: Any, b_dot: Any, y: Any, c: Any, b: Any, lower: bool) -> Any:
    """The tangent of `y = scipy.linalg.cho_solve((c, lower), b)`."""
    from scipy import linalg

    if np.ndim(c) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        return _by_matrix(cho_solve_tangent, ((c_dot, 2), (b_dot, own), (y, own), (c, 2), (b, own)), bool(np.all(lower)))
    left, left_dot = (np.tril(c), np.tril(c_dot)) if lower else (np.conj(np.triu(c).T), np.conj(np.triu(c_dot).T))
    change = left_dot @ (np.conj(left.T) @ y) + left @ (np.conj(left_dot.T) @ y)
    return linalg.cho_solve((c, lower), b_dot - change)


# --- triangular and orthogonal factors ----------------------------------------------------------------------


def _lu_matrix_tangent(change: Any, left: Any, u: Any) -> tuple[Any, Any]:
    """The tangents of the factors of `left @ u`, which changes by `change`."""
    from scipy.linalg import solve_triangular

    n = min(left.shape[0], u.shape[1])
    inner = solve_triangular(left[:n], change[:n, :n], 0, True, True)
    inner = solve_triangular(u[:, :n], inner.T, 1).T
    left_dot, u_dot = left[:n] @ np.tril(inner, -1), np.triu(inner) @ u[:, :n]
    below = solve_triangular(u[:, :n], (change[n:, :n] - left[n:] @ u_dot).T, 1).T
    beyond = solve_triangular(left[:n], change[:n, n:] - left_dot @ u[:, n:], 0, True, True)
    return np.concatenate([left_dot, below]), np.concatenate([u_dot, beyond], axis=1)


def lu_tangent(a_dot: Any, y: Any, a: Any, permute_l: bool = False, p_indices: bool = False) -> tuple[Any, ...]:
    """The tangents of the results of `y = scipy.linalg.lu(a, permute_l, p_indices=p_indices)`, at constant pivots."""
    from scipy import linalg

    if np.ndim(a) > 2:
        dots = _by_matrix(_lu_tangent_of_one, ((a_dot, 2), (a, 2)), permute_l)
        return dots if permute_l else (np.zeros_like(y[0]), *dots)
    order, left, u = linalg.lu(a, p_indices=True)
    left_dot, u_dot = _lu_matrix_tangent(a_dot[np.argsort(order)], left, u)
    if permute_l:
        return left_dot[order], u_dot
    return np.zeros_like(y[0]), left_dot, u_dot


def _lu_tangent_of_one(a_dot: Any, a: Any, permute_l: bool) -> tuple[Any, ...]:
    """The tangents of the factors of one matrix of a stack."""
    return lu_tangent(a_dot, (None, None), a, permute_l, True)[-2:]


def lu_factor_tangent(a_dot: Any, lu: Any, piv: Any) -> Any:
    """The tangent of `lu` of `lu, piv = scipy.linalg.lu_factor(a)`, at constant pivots."""
    if np.ndim(lu) > 2:
        _check_pivots(lu, piv)
        return _by_matrix(lu_factor_tangent, ((a_dot, 2), (lu, 2), (piv, 1)))
    n = min(lu.shape)
    left, u = np.tril(lu[:, :n], -1) + np.eye(lu.shape[0], n, dtype=lu.dtype), np.triu(lu[:n])
    left_dot, u_dot = _lu_matrix_tangent(a_dot[_order_of(piv, lu.shape[0])], left, u)
    both = np.zeros_like(lu)
    both[:, :n] += left_dot
    both[:n] += u_dot
    return both


def lu_solve_tangent(lu_dot: Any, b_dot: Any, y: Any, lu: Any, piv: Any, b: Any, trans: int = 0) -> Any:
    """The tangent of `y = scipy.linalg.lu_solve((lu, piv), b, trans)`."""
    from scipy import linalg

    if np.ndim(lu) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        return _by_matrix(lu_solve_tangent, ((lu_dot, 2), (b_dot, own), (y, own), (lu, 2), (piv, 1), (b, own)), trans)
    left, u = np.tril(lu, -1) + np.eye(lu.shape[0], dtype=lu.dtype), np.triu(lu)
    change = (np.tril(lu_dot, -1) @ u + left @ np.triu(lu_dot))[np.argsort(_order_of(piv, lu.shape[0]))]
    change = change if trans == 0 else change.T if trans == 1 else np.conj(change.T)
    return linalg.lu_solve((lu, piv), b_dot - change @ y, trans)


def scipy_qr_tangent(a_dot: Any, y: Any, a: Any, mode: str = "full") -> Any:
    """The tangent of `y = scipy.linalg.qr(a, mode=mode)`."""
    from scipy import linalg

    if mode == "r" and np.ndim(a) > 2:  # of these SciPy does not return a tuple
        raise NotImplementedError('scipy.linalg.qr with mode="r" has a derivative rule for single matrices, not for stacks of them')
    if mode != "r":
        return qr_tangent(a_dot, y, a, {"full": "complete", "economic": "reduced"}[mode])
    rows = min(np.shape(a))
    r_dot = np.zeros_like(y[0])
    r_dot[:rows] = qr_tangent(a_dot, (linalg.qr(a, mode="economic")[0], y[0][:rows]), a)[1]
    return (r_dot,)


# --- matrices made of parts ---------------------------------------------------------------------------------


def toeplitz_of(c: Any, r: Any = None) -> Any:
    """`scipy.linalg.toeplitz(c, r)`."""
    from scipy import linalg

    return linalg.toeplitz(c, r)


def block_diag_of(arrs: Any) -> Any:
    """`scipy.linalg.block_diag(*arrs)`."""
    from scipy import linalg

    return linalg.block_diag(*arrs)
