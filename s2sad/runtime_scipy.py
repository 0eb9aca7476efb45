"""Helpers that emitted code may call for `scipy.linalg`; a helper imports SciPy when it runs.

The convention is that of all adjoints here: the change of the loss is the real part of the sum of `bar * change`, so a
transpose never conjugates.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import unbroadcast
from s2sad.runtime_linalg import _fold, _seeds, cholesky_bar, qr_bar
from s2sad.runtime_products import _t, blocks_of

__all__ = [
    "block_diag_bar", "cho_factor_bar", "cho_solve_bar", "discrete_lyapunov", "expm_bar", "expm_second", "expm_tangent",
    "linear_solve_bar", "logm_bar", "logm_tangent", "lu_bar", "lu_factor_bar", "lu_solve_bar", "scipy_qr_bar", "sqrtm_bar",
    "sqrtm_tangent", "sylvester", "toeplitz_bar", "triangular_solve_bar",
]  # fmt: skip


def _by_matrix(function: Any, operands: Any, *options: Any) -> Any:
    """`function` of stacks, matrix by matrix; the results are stacked.

    `operands` are pairs of an array, or None, and how many axes of it belong to one matrix or vector; those in front broadcast.
    """
    stacks = [np.shape(x)[: np.ndim(x) - own] for x, own in operands if x is not None]
    stack = np.broadcast_shapes(*stacks)
    if 0 in stack:
        raise NotImplementedError("stacks of no matrices have no derivative rule")
    whole = [x if x is None else np.broadcast_to(x, (*stack, *np.shape(x)[np.ndim(x) - own :])) for x, own in operands]
    found = [function(*(None if x is None else x[index] for x in whole), *options) for index in np.ndindex(stack)]
    if not isinstance(found[0], tuple):
        return np.reshape(np.stack(found), (*stack, *np.shape(found[0])))
    return tuple(np.reshape(np.stack(part), (*stack, *np.shape(part[0]))) for part in zip(*found))


def _product(r: Any, y: Any, vectors: bool) -> Any:
    """`r @ y.T`, for vectors their outer product."""
    return r[..., :, None] * y[..., None, :] if vectors else r @ _t(y)


# --- linear systems -----------------------------------------------------------------------------------------


def _structure(assume_a: Any) -> Any:
    """The short name of what `assume_a` says of a matrix."""
    if assume_a is None or assume_a == "general":
        return "gen"
    if assume_a in ("hermitian", "pos", "positive definite"):
        return "her"
    return "sym" if assume_a == "symmetric" else assume_a


def _matrix_read(a: Any, structure: str, lower: bool) -> Any:
    """The whole matrix that `scipy.linalg.solve` takes `a` for, of which it reads a part only."""
    if structure not in ("sym", "her"):
        return _part_read(a, structure)
    outer = np.tril(a, -1) if lower else np.triu(a, 1)
    diagonal = (a if structure == "sym" else np.real(a)) * np.eye(np.shape(a)[-1], dtype=a.dtype)
    return outer + diagonal + (_t(outer) if structure == "sym" else np.conj(_t(outer)))


def _matrix_read_bar(bar: Any, structure: str, lower: bool) -> Any:
    """The adjoint of `a` from that of the whole matrix."""
    if structure == "her":
        return _fold(bar, "L" if lower else "U")
    if structure == "sym":
        return np.tril(bar) + _t(np.triu(bar, 1)) if lower else np.triu(bar) + _t(np.tril(bar, -1))
    return _part_read(bar, structure)


def _part_read(a: Any, structure: str) -> Any:
    """`a` with zeros where a matrix of this structure is not read."""
    if structure in ("diagonal", "upper triangular"):
        a = np.triu(a)
    if structure in ("diagonal", "lower triangular"):
        a = np.tril(a)
    return np.tril(np.triu(a, -1), 1) if structure == "tridiagonal" else a


def linear_solve_bar(g: Any, y: Any, a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False) -> tuple[Any, Any]:
    """The adjoints of `a` and `b` of `y = scipy.linalg.solve(a, b, lower, assume_a=assume_a, transposed=transposed)`."""
    structure = _structure(assume_a)
    matrix = _matrix_read(a, structure, lower)
    vectors = np.ndim(b) == 1
    system = matrix if transposed else _t(matrix)
    r = np.linalg.solve(system, g[..., None])[..., 0] if vectors else np.linalg.solve(system, g)
    bar = -(_product(y, r, vectors) if transposed else _product(r, y, vectors))
    return unbroadcast(_matrix_read_bar(bar, structure, lower), a), unbroadcast(r, b)


def triangular_solve_bar(
    g: Any, y: Any, a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> tuple[Any, Any]:
    """The adjoints of `a` and `b` of `y = scipy.linalg.solve_triangular(a, b, trans, lower, unit_diagonal)`."""
    from scipy import linalg

    if np.ndim(a) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        bars = _by_matrix(triangular_solve_bar, ((g, own), (y, own), (a, 2), (b, own)), trans, lower, unit_diagonal)
        return unbroadcast(bars[0], a), unbroadcast(bars[1], b)
    trans = {"N": 0, "T": 1, "C": 2}.get(trans, trans)
    if trans == 2:
        r = np.conj(linalg.solve_triangular(a, np.conj(g), 0, lower, unit_diagonal))
    else:
        r = linalg.solve_triangular(a, g, 1 - trans, lower, unit_diagonal)
    bar = -_product(r, y, np.ndim(y) == 1)
    bar = bar if trans == 0 else bar.T if trans == 1 else np.conj(bar.T)
    inside = 1 if unit_diagonal else 0
    return np.tril(bar, -inside) if lower else np.triu(bar, inside), r


def cho_factor_bar(g: Any, c: Any, lower: bool = False) -> Any:
    """The adjoint of `a` of `c, _ = scipy.linalg.cho_factor(a, lower)`.

    The other triangle of `c` is a copy of that of `a`, or zero (from SciPy 1.18 on).
    """
    g = np.broadcast_to(g, c.shape)
    if np.ndim(c) > 2:
        return _by_matrix(cho_factor_bar, ((g, 2), (c, 2)), lower)
    factor, rest = (np.tril(c), np.triu(g, 1)) if lower else (np.triu(c), np.tril(g, -1))
    copied = np.any(np.triu(c, 1) if lower else np.tril(c, -1))
    return cholesky_bar(np.tril(g) if lower else np.triu(g), factor, not lower) + (rest if copied else 0.0)


def cho_solve_bar(g: Any, y: Any, c: Any, b: Any, lower: bool) -> tuple[Any, Any]:
    """The adjoints of the factor and of the right-hand side of `y = scipy.linalg.cho_solve((c, lower), b)`."""
    from scipy import linalg

    if np.ndim(c) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        bars = _by_matrix(cho_solve_bar, ((g, own), (y, own), (c, 2), (b, own)), bool(np.all(lower)))
        return unbroadcast(bars[0], c), unbroadcast(bars[1], b)
    r = np.conj(linalg.cho_solve((c, lower), np.conj(g)))
    bar = -_product(r, y, np.ndim(y) == 1)
    both = bar + np.conj(bar.T)
    return np.tril(both @ np.conj(np.tril(c))) if lower else np.triu(np.conj(np.triu(c)) @ both), r


# --- triangular and orthogonal factors ----------------------------------------------------------------------


def _lu_matrix_bar(l_bar: Any, u_bar: Any, left: Any, u: Any) -> Any:
    """The adjoint of `left @ u`, its factorisation without pivoting (F. de Hoog, R. Anderssen, M. Lukas, 2011).

    Rows below the square part are `rows @ inv(u)`, columns beyond it `inv(left) @ columns`.
    """
    from scipy.linalg import solve_triangular

    n = min(left.shape[0], u.shape[1])
    below = solve_triangular(u[:, :n], l_bar[n:].T).T
    beyond = solve_triangular(left[:n], u_bar[:, n:], 1, True, True)
    first = l_bar[:n] - beyond @ u[:, n:].T
    second = u_bar[:, :n] - left[n:].T @ below
    inner = np.tril(left[:n].T @ first, -1) + np.triu(second @ u[:, :n].T)
    square = solve_triangular(left[:n], solve_triangular(u[:, :n], inner.T).T, 1, True, True)
    return np.concatenate([np.concatenate([square, below]), beyond], axis=1) if beyond.size else np.concatenate([square, below])


def lu_bar(y_bar: Any, y: Any, a: Any, permute_l: bool = False, p_indices: bool = False) -> Any:
    """The adjoint of `a` of `y = scipy.linalg.lu(a, permute_l, p_indices=p_indices)`, at constant pivots."""
    from scipy import linalg

    left_bar, u_bar = _seeds(y_bar[-2:], y[-2:])
    left, u = y[-2:]
    if np.ndim(a) > 2:
        order = left if permute_l else y[0]  # not read, with permute_l
        return _by_matrix(_lu_bar_of_one, ((left_bar, 2), (u_bar, 2), (order, 1 if p_indices and not permute_l else 2), (left, 2), (u, 2), (a, 2)),
                          permute_l, p_indices)  # fmt: skip
    if permute_l:
        order = linalg.lu(a, p_indices=True)[0]
        left, left_bar = left[np.argsort(order)], left_bar[np.argsort(order)]
    elif p_indices:
        order = y[0]
    else:
        order = np.argmax(y[0], axis=1)
    return _lu_matrix_bar(left_bar, u_bar, left, u)[order]


def _lu_bar_of_one(
    left_bar: Any, u_bar: Any, order: Any, left: Any, u: Any, a: Any, permute_l: bool, p_indices: bool
) -> Any:
    """`lu_bar` of one matrix of a stack."""
    if permute_l:
        return lu_bar((left_bar, u_bar), (left, u), a, True)
    return lu_bar((None, left_bar, u_bar), (order, left, u), a, False, p_indices)


def _order_of(piv: Any, n: int) -> Any:
    """The permutation that exchanging row k with row `piv[k]`, for all k in turn, makes of `n` rows."""
    order = np.arange(n)
    for k, other in enumerate(piv):
        order[[k, other]] = order[[other, k]]
    return order


def _check_pivots(lu: Any, piv: Any) -> None:
    """Refuse what an older SciPy makes of a stack of matrices: it takes it for one matrix."""
    if np.shape(piv) != (*lu.shape[:-2], min(lu.shape[-2:])):
        raise NotImplementedError("scipy.linalg.lu_factor takes stacks of matrices from SciPy 1.16 on")


def lu_factor_bar(g: Any, lu: Any, piv: Any) -> Any:
    """The adjoint of `a` of `lu, piv = scipy.linalg.lu_factor(a)`, at constant pivots."""
    g = np.broadcast_to(g, lu.shape)
    if np.ndim(lu) > 2:
        _check_pivots(lu, piv)
        return _by_matrix(lu_factor_bar, ((g, 2), (lu, 2), (piv, 1)))
    n = min(lu.shape)
    left, u = np.tril(lu[:, :n], -1) + np.eye(lu.shape[0], n, dtype=lu.dtype), np.triu(lu[:n])
    bar = _lu_matrix_bar(np.tril(g[:, :n], -1), np.triu(g[:n]), left, u)
    return bar[np.argsort(_order_of(piv, lu.shape[0]))]


def lu_solve_bar(g: Any, y: Any, lu: Any, piv: Any, b: Any, trans: int = 0) -> tuple[Any, Any]:
    """The adjoints of the factors and of the right-hand side of `y = scipy.linalg.lu_solve((lu, piv), b, trans)`."""
    from scipy import linalg

    if np.ndim(lu) > 2 or np.ndim(b) > 2:
        own = min(np.ndim(b), 2)
        bars = _by_matrix(lu_solve_bar, ((g, own), (y, own), (lu, 2), (piv, 1), (b, own)), trans)
        return unbroadcast(bars[0], lu), unbroadcast(bars[1], b)
    r = np.conj(linalg.lu_solve((lu, piv), np.conj(g), 0)) if trans == 2 else linalg.lu_solve((lu, piv), g, 1 - trans)
    bar = -_product(r, y, np.ndim(y) == 1)
    bar = bar if trans == 0 else bar.T if trans == 1 else np.conj(bar.T)
    bar = bar[_order_of(piv, lu.shape[0])]
    left, u = np.tril(lu, -1) + np.eye(lu.shape[0], dtype=lu.dtype), np.triu(lu)
    return np.tril(bar @ u.T, -1) + np.triu(left.T @ bar), r


def scipy_qr_bar(y_bar: Any, y: Any, a: Any, mode: str = "full") -> Any:
    """The adjoint of `a` of `y = scipy.linalg.qr(a, mode=mode)`."""
    from scipy import linalg

    if mode == "r" and np.ndim(a) > 2:  # of these SciPy does not return a tuple
        raise NotImplementedError('scipy.linalg.qr with mode="r" has a derivative rule for single matrices, not for stacks of them')
    if mode == "r":
        rows = min(np.shape(a))
        return qr_bar((None, np.broadcast_to(y_bar[0], y[0].shape)[:rows]), (linalg.qr(a, mode="economic")[0], y[0][:rows]), a)
    return qr_bar(y_bar, y, a, {"full": "complete", "economic": "reduced"}[mode])


# --- functions of matrices and matrix equations -------------------------------------------------------------


def expm_tangent(a: Any, direction: Any) -> Any:
    """The derivative of `scipy.linalg.expm(a)` in a direction (A. Al-Mohy and N. Higham, 2009)."""
    from scipy import linalg

    if np.ndim(a) == 2:
        return linalg.expm_frechet(a, direction, compute_expm=False).astype(np.result_type(a, direction))
    size = np.shape(a)[-1]
    return linalg.expm(blocks_of(a, direction))[..., :size, size:]


def logm_tangent(a: Any, direction: Any) -> Any:
    """The derivative of `scipy.linalg.logm(a)` in a direction: a block of the logarithm of [[a, direction], [0, a]].

    N. Higham, Functions of Matrices (2008), equation 3.16.
    """
    from scipy import linalg

    if np.ndim(a) > 2:
        return _by_matrix(logm_tangent, ((a, 2), (direction, 2)))
    size = np.shape(a)[-1]
    return linalg.logm(blocks_of(a, direction))[:size, size:]


def sqrtm_tangent(y: Any, direction: Any) -> Any:
    """The derivative of `y = scipy.linalg.sqrtm(a)` in a direction: `y @ dy + dy @ y` is the direction."""
    return sylvester(y, y, direction)


def expm_second(a: Any, first: Any, second: Any) -> Any:
    """The second derivative of `scipy.linalg.expm(a)` in two directions: corners of exponentials of 3 by 3 blocks."""
    from scipy import linalg

    if np.ndim(a) > 2:
        return _by_matrix(expm_second, ((a, 2), (first, 2), (second, 2)))
    n, zero = len(a), np.zeros_like(a)
    total = zero
    for one, other in ((first, second), (second, first)):
        blocks = np.block([[a, one, zero], [zero, a, other], [zero, zero, a]])
        total = total + linalg.expm(blocks)[:n, 2 * n :]
    return total


def expm_bar(g: Any, a: Any) -> Any:
    """The adjoint of `a` of `scipy.linalg.expm(a)`: the derivative at the transpose in the direction of `g`."""
    return expm_tangent(_t(a), g)


def logm_bar(g: Any, a: Any) -> Any:
    """The adjoint of `a` of `scipy.linalg.logm(a)`: the derivative at the transpose in the direction of `g`."""
    return logm_tangent(_t(a), g)


def sqrtm_bar(g: Any, y: Any) -> Any:
    """The adjoint of `a` of `y = scipy.linalg.sqrtm(a)`: the derivative at the transpose in the direction of `g`."""
    return sqrtm_tangent(_t(y), g)


def sylvester(a: Any, b: Any, q: Any) -> Any:
    """The solution of `a @ x + x @ b == q`."""
    from scipy import linalg

    if np.ndim(a) > 2 or np.ndim(b) > 2 or np.ndim(q) > 2:
        return _by_matrix(sylvester, ((a, 2), (b, 2), (q, 2)))
    dtype = np.result_type(a, b, q)  # SciPy may be wrong where only some of the operands are complex
    return linalg.solve_sylvester(a.astype(dtype), b.astype(dtype), q.astype(dtype))


def discrete_lyapunov(a: Any, q: Any, method: Any = None) -> Any:
    """The solution of `x == a @ x @ a.conj().T + q`."""
    from scipy import linalg

    if np.ndim(a) > 2 or np.ndim(q) > 2:
        return _by_matrix(discrete_lyapunov, ((a, 2), (q, 2)), method)
    return linalg.solve_discrete_lyapunov(a, q, method)


# --- matrices made of parts ---------------------------------------------------------------------------------


def toeplitz_bar(g: Any, c: Any, r: Any = None) -> tuple[Any, Any]:
    """The adjoints of `c` and `r` of `scipy.linalg.toeplitz(c, r)`: sums along the diagonals; `r[0]` is not read."""
    if np.ndim(g) > 2:  # of stacks of vectors
        bars = _by_matrix(toeplitz_bar, ((g, 2), (c, 1), (c if r is None else r, 1)))
        if r is not None:
            return unbroadcast(bars[0], c), unbroadcast(bars[1], r)
        first = np.array(bars[1])
        first[..., 0] = 0.0
        return bars[0] + np.conj(first), None
    if np.ndim(c) > 1 or np.ndim(r) > 1:
        raise NotImplementedError("scipy.linalg.toeplitz has a derivative rule for vectors, not for matrices that SciPy makes vectors of")
    rows, columns = np.shape(g)
    down = np.array([np.trace(g, -k) for k in range(rows)])
    across = np.array([np.trace(g, k) for k in range(columns)])
    across[:1] = 0.0
    if r is None:
        return np.reshape(down + np.conj(across), np.shape(c)), None
    return np.reshape(down, np.shape(c)), np.reshape(across, np.shape(r))


def block_diag_bar(g: Any, arrs: Any) -> list[Any]:
    """The adjoints of the blocks of `scipy.linalg.block_diag(*arrs)`."""
    found, row, column = [], 0, 0
    for block in arrs:
        rows, columns = np.shape(np.atleast_2d(block))[-2:]
        part = g[..., row : row + rows, column : column + columns]
        found.append(unbroadcast(part, block) if np.ndim(block) > 1 else np.reshape(unbroadcast(part, np.atleast_2d(block)), np.shape(block)))
        row, column = row + rows, column + columns
    return found
