"""Array helpers that emitted code may call: adjoints of linear systems, factorisations and norms. NumPy only.

Sources of the formulas are named in `s2sad/rules/linalg.py`. The convention is that of all adjoints here: the change of the
loss is the real part of the sum of `bar * change`, so a transpose never conjugates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime_arrays import restore_axes, share_ties, unbroadcast
from s2sad.runtime_products import _t

__all__ = [
    "cholesky_bar", "cofactors", "cofactors_along", "cofactors_beside", "cond_bar", "lstsq_bar", "norm_bar", "pinv_bar", "qr_bar",
    "slogdet_bar", "solve_matrix_bar", "solve_right_bar", "tensorinv_bar", "tensorsolve_matrix_bar", "tensorsolve_right_bar", "third_of_singular",
    "vector_norm_bar",
]  # fmt: skip

def _filled(y_bar: Any, y: Any) -> list[Any]:
    """The adjoints of several results in their shapes: one number may stand for all entries. None stays None."""
    return [None if bar is None else np.broadcast_to(bar, np.shape(part)) for bar, part in zip(y_bar, y)]


def _seeds(y_bar: Any, y: Any) -> list[Any]:
    """The adjoints of several results in their shapes, zeros for those that have none."""
    return [np.zeros_like(part) if bar is None else bar for bar, part in zip(_filled(y_bar, y), y)]


# --- linear systems -----------------------------------------------------------------------------------------


def _is_vector(a: Any, b: Any) -> bool:
    """Whether `np.linalg.solve(a, b)` takes `b` for a vector."""
    old = int(np.__version__.split(".")[0]) < 2
    return np.ndim(b) == 1 or (old and np.ndim(b) == np.ndim(a) - 1)


def solve_right_bar(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of the right-hand side of `np.linalg.solve(a, b)`, before broadcasting is undone."""
    if _is_vector(a, b):
        return np.linalg.solve(_t(a), g[..., None])[..., 0]
    return np.linalg.solve(_t(a), g)


def solve_matrix_bar(right_bar: Any, y: Any, a: Any, b: Any) -> Any:
    """The adjoint of the matrix of `y = np.linalg.solve(a, b)`."""
    if _is_vector(a, b):
        return unbroadcast(-(right_bar[..., :, None] * y[..., None, :]), a)
    return unbroadcast(-(right_bar @ _t(y)), a)


def cofactors(a: Any, y: Any) -> Any:
    """The cofactors of matrices `a` with the determinants `y = np.linalg.det(a)`: what the determinants change by.

    They are `y * inv(a).T`, of singular matrices the limit, from a singular value decomposition `a = u @ diag(s) @ vh`:
    the cofactors of `u` and `vh` are themselves, conjugated and times their determinants, those of a diagonal matrix the
    products of the other entries.
    """
    if np.ndim(y) == 0 and y != 0.0:
        return y * np.linalg.inv(a).T
    if np.all(y != 0.0):
        return np.asarray(y)[..., None, None] * _t(np.linalg.inv(a))
    u, s, vh = np.linalg.svd(a)
    others = np.stack([np.prod(np.delete(s, k, -1), axis=-1) for k in range(np.shape(s)[-1])], axis=-1)
    turn = np.linalg.det(u) * np.linalg.det(vh)
    return np.asarray(turn)[..., None, None] * ((np.conj(u) * others[..., None, :]) @ np.conj(vh))


def cofactors_along(direction: Any, a: Any) -> Any:
    """The derivative of `cofactors(a, det(a))` in a direction; the second derivative of the determinant is symmetric, so its transpose, too.

    It follows from `det(a) * inv(a).T`. Of matrices close to singular ones it is taken from a singular value
    decomposition: of a diagonal matrix it is made of products of all other entries but two, and `u` and `vh` turn it as in `cofactors`.
    """
    y = np.linalg.det(a)
    if np.all(np.abs(y) > 0.0) and np.all(np.linalg.cond(a) < 1e8):
        inverse = np.linalg.inv(a)
        change = np.sum(_t(inverse) * direction, axis=(-2, -1))[..., None, None]
        return np.asarray(y)[..., None, None] * (change * _t(inverse) - _t(inverse @ direction @ inverse))
    return cofactors_beside(direction, a)


def cofactors_beside(direction: Any, a: Any) -> Any:
    """`cofactors_along(direction, a)` of matrices that may be singular."""
    u, s, vh = np.linalg.svd(a)
    inner = np.conj(_t(u)) @ direction @ np.conj(_t(vh))
    pairs = _products_without_two(s)
    diagonal = np.einsum("...ij,...j->...i", pairs, np.einsum("...ii->...i", inner))
    turned = diagonal[..., None] * np.eye(np.shape(s)[-1], dtype=s.dtype) - pairs * _t(inner)
    turn = np.asarray(np.linalg.det(u) * np.linalg.det(vh))[..., None, None]
    return turn * (np.conj(u) @ turned @ np.conj(vh))


def _products_without_two(s: Any) -> Any:
    """For each two of the numbers on the last axis, the product of all others; zero for one taken twice."""
    one = np.eye(np.shape(s)[-1], dtype=bool)
    kept = np.where(one[:, None, :] | one[None, :, :], np.ones((), s.dtype), s[..., None, None, :])
    return np.where(one, np.zeros((), s.dtype), np.prod(kept, axis=-1))


def third_of_singular(g: Any, a: Any) -> Any:
    """NaN where a third derivative of the determinant is taken of a matrix that is close to a singular one: it is not known."""
    return np.full(np.shape(a), np.nan, np.result_type(g))


def slogdet_bar(y_bar: Any, y: Any, a: Any) -> Any:
    """The adjoint of `a` of `y = np.linalg.slogdet(a)`: the sign of a complex determinant turns with its phase."""
    sign_bar, log_bar = _filled(y_bar, y)
    scale = np.asarray(np.zeros_like(y[1]) if log_bar is None else log_bar)
    if sign_bar is not None and np.iscomplexobj(a):
        scale = np.asarray(scale + 1j * np.imag(sign_bar * y[0]))
    return scale[..., None, None] * _t(np.linalg.inv(a))


def tensorinv_bar(g: Any, y: Any, ind: int) -> Any:
    """The adjoint of `a` of `y = np.linalg.tensorinv(a, ind)`."""
    columns = np.shape(y)[: np.ndim(y) - ind]
    size = math.prod(columns)
    inverse = np.reshape(y, (size, size)).T
    return np.reshape(-(inverse @ np.reshape(g, (size, size)) @ inverse), np.shape(y)[np.ndim(y) - ind :] + columns)


def _as_system(a: Any, b: Any, axes: Any) -> tuple[list[int], Any]:
    """How `np.linalg.tensorsolve(a, b, axes)` orders the axes of `a`, and `a` in this order as a square matrix."""
    last = [] if axes is None else list(axes)
    order = [k for k in range(np.ndim(a)) if k not in last] + last
    return order, np.reshape(np.transpose(a, order), (np.size(b), np.size(b)))


def tensorsolve_right_bar(g: Any, a: Any, b: Any, axes: Any = None) -> Any:
    """The adjoint of `b` of `np.linalg.tensorsolve(a, b, axes)`."""
    matrix = _as_system(a, b, axes)[1]
    return np.reshape(np.linalg.solve(matrix.T, np.ravel(g)), np.shape(b))


def tensorsolve_matrix_bar(right_bar: Any, y: Any, a: Any, b: Any, axes: Any = None) -> Any:
    """The adjoint of `a` of `y = np.linalg.tensorsolve(a, b, axes)`."""
    order, _ = _as_system(a, b, axes)
    bar = np.reshape(-np.outer(right_bar, y), [np.shape(a)[k] for k in order])
    return np.transpose(bar, np.argsort(order))


def pinv_bar(g: Any, y: Any, a: Any) -> Any:
    """The adjoint of `a` of `y = np.linalg.pinv(a)`, at constant rank."""
    rows, columns = np.eye(np.shape(a)[-2], dtype=y.dtype), np.eye(np.shape(a)[-1], dtype=y.dtype)
    left = (rows - a @ y) @ _t(g) @ (y @ np.conj(_t(y)))
    right = (np.conj(_t(y)) @ y) @ _t(g) @ (columns - y @ a)
    return -(_t(y) @ g @ _t(y)) + np.conj(left + right)


def lstsq_bar(y_bar: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any]:
    """The adjoints of `a` and `b` of `y = np.linalg.lstsq(a, b)`, at constant rank.

    The solution is that of the pseudo-inverse times `b`; the sums of squared residuals do not change with the solution,
    which makes them minimal.
    """
    x_bar, residuals_bar, _, s_bar = _filled(y_bar, y)
    x, residuals, rank, s = y
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    a_bar, b_bar = np.zeros(np.shape(a), np.result_type(a, b)), np.zeros(np.shape(b), np.result_type(a, b))
    columns, solution = np.reshape(b, (len(b), -1)), np.reshape(x, (len(x), -1))
    if x_bar is not None:
        kept = slice(0, int(rank))
        inverse = (np.conj(vh[kept].T) / s[kept]) @ np.conj(u[:, kept].T)
        seed = np.reshape(x_bar, np.shape(solution))
        b_bar = b_bar + np.reshape(inverse.T @ seed, np.shape(b))
        a_bar = a_bar + pinv_bar(seed @ columns.T, inverse, a)
    if residuals_bar is not None and np.size(residuals):
        slope = 2.0 * residuals_bar * np.conj(columns - a @ solution)
        b_bar = b_bar + np.reshape(slope, np.shape(b))
        a_bar = a_bar - slope @ solution.T
    if s_bar is not None:
        a_bar = a_bar + (np.conj(u) * s_bar) @ np.conj(vh)
    return a_bar, b_bar


# --- triangular factorisations ------------------------------------------------------------------------------


def _fold(s: Any, uplo: str) -> Any:
    """The adjoint of the triangle that NumPy reads of a Hermitian matrix whose full adjoint is `s`."""
    if uplo.upper() == "U":
        return _t(_fold(_t(s), "L"))
    diagonal = np.real(s) * np.eye(np.shape(s)[-1], dtype=s.dtype)
    return np.tril(s, -1) + np.conj(_t(np.triu(s, 1))) + diagonal


def _lower_half(m: Any) -> Any:
    """The lower triangle, with half of the diagonal."""
    return np.tril(m) - 0.5 * m * np.eye(np.shape(m)[-1], dtype=m.dtype)


def cholesky_bar(g: Any, y: Any, upper: bool = False) -> Any:
    """The adjoint of `a` of `y = np.linalg.cholesky(a, upper=upper)`: zero in the triangle that is not read."""
    if upper:
        return np.conj(_t(cholesky_bar(np.conj(_t(g)), np.conj(_t(y)))))
    inverse = np.linalg.inv(y)
    return _fold(_t(inverse) @ _lower_half(_t(y) @ np.tril(g)) @ np.conj(inverse), "L")


def qr_bar(y_bar: Any, y: Any, a: Any, mode: str = "reduced") -> Any:
    """The adjoint of `a` of `y = np.linalg.qr(a, mode)`, where the leading square part of R is invertible."""
    if mode == "r":
        return qr_bar((None, y_bar), (np.linalg.qr(a)[0], y), a)
    if mode not in ("reduced", "complete"):
        raise NotImplementedError(f"np.linalg.qr has a derivative rule for mode='reduced', 'complete' and 'r', not for {mode!r}")
    rows, columns = np.shape(a)[-2:]
    (q_bar, r_bar), (q, r) = _seeds(y_bar, y), y
    if rows > columns and np.shape(q)[-1] == rows:
        if np.any(q_bar[..., columns:]):
            raise NotImplementedError(
                "np.linalg.qr with mode='complete' has a derivative rule only with respect to the columns of Q that "
                "mode='reduced' has, too: those beyond the columns of the matrix are not determined by it"
            )
        q, q_bar = q[..., :columns], q_bar[..., :columns]
        r, r_bar = r[..., :columns, :], r_bar[..., :columns, :]
    n = min(rows, columns)
    if columns > rows:  # the further columns of R are Q.H @ those of the matrix
        q_bar = q_bar + np.conj(a[..., n:] @ _t(r_bar[..., n:]))
    bar = _qr_square_bar(np.conj(q_bar), np.conj(r_bar[..., :n]), q, r[..., :n])
    if columns > rows:
        bar = np.concatenate([bar, q @ np.conj(r_bar[..., n:])], axis=-1)
    return np.conj(bar)


def _qr_square_bar(q_bar: Any, r_bar: Any, q: Any, r: Any) -> Any:
    """The adjoint, conjugated as all adjoints here, of a matrix with no more columns than rows."""
    m = r @ np.conj(_t(np.triu(r_bar))) - np.conj(_t(q_bar)) @ q
    lower = np.tril(m, -1)
    hermitian = lower + np.conj(_t(lower)) + np.real(m) * np.eye(np.shape(m)[-1], dtype=m.dtype)
    return np.conj(_t(np.linalg.solve(r, np.conj(_t(q_bar + q @ hermitian)))))


# --- norms --------------------------------------------------------------------------------------------------


def _direction(x: Any) -> Any:
    """The derivative of `abs(x)`: the sign, for complex numbers the conjugate phase; 0 at 0."""
    if not np.iscomplexobj(x):
        return np.sign(x)
    size = np.abs(x)
    return np.conj(x) / np.where(size == 0.0, 1.0, size)


def norm_bar(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """The adjoint of `x` of `y = np.linalg.norm(x, ord, axis, keepdims)`."""
    if axis is None:
        axes = tuple(range(np.ndim(x)))
    else:
        axes = axis if isinstance(axis, tuple) else (axis,)
    whole_bar, whole = restore_axes(g, x, axes, keepdims), restore_axes(y, x, axes, keepdims)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):
        return whole_bar * np.conj(x) / whole
    if len(axes) == 1:
        return _vector_norm_bar(g, y, x, ord, axes[0], keepdims, whole_bar, whole)
    if ord in (1, -1, math.inf, -math.inf):
        along = axes[0] if ord in (1, -1) else axes[1]
        sums = np.sum(np.abs(x), axis=along, keepdims=True)
        kept = share_ties(g, y, sums, axes, keepdims)
        return kept * _direction(x)
    matrices = np.moveaxis(x, axes, (-2, -1))
    u, s, vh = np.linalg.svd(matrices, full_matrices=False)
    bars = np.reshape(g, np.shape(s)[:-1])
    if ord == "nuc":
        weights = np.broadcast_to(bars[..., None], np.shape(s))
    else:
        extremum = np.max(s, axis=-1) if ord == 2 else np.min(s, axis=-1)
        weights = share_ties(bars, extremum, s, -1)
    return np.moveaxis((np.conj(u) * weights[..., None, :]) @ np.conj(vh), (-2, -1), axes)


def _vector_norm_bar(
    g: Any, y: Any, x: Any, ord: Any, axis: int, keepdims: bool, whole_bar: Any, whole: Any
) -> Any:
    size = np.abs(x)
    if ord in (math.inf, -math.inf):
        return share_ties(g, y, size, axis, keepdims) * _direction(x)
    if ord == 0:
        return np.zeros(np.shape(x), np.result_type(g))
    if ord == 1:
        return whole_bar * _direction(x)
    ratio = size / np.where(whole == 0.0, 1.0, whole)
    return (
        whole_bar * _direction(x) * np.where(size == 0.0, 0.0, np.where(size == 0.0, 1.0, ratio) ** (ord - 1))
    )


def vector_norm_bar(g: Any, y: Any, x: Any, ord: Any, axis: Any, keepdims: bool) -> Any:
    """The adjoint of `x` of `y = np.linalg.vector_norm(x, ord=ord, axis=axis, keepdims=keepdims)`."""
    ndim = np.ndim(x)
    axes = tuple(range(ndim)) if axis is None else tuple(k % ndim for k in (axis if isinstance(axis, tuple) else (axis,)))
    last = tuple(range(ndim - len(axes), ndim))
    moved = np.moveaxis(x, axes, last)
    flat = np.reshape(moved, (*moved.shape[: ndim - len(axes)], -1))
    bar = norm_bar(np.reshape(g, flat.shape[:-1]), np.reshape(y, flat.shape[:-1]), flat, ord, -1, False)
    return np.moveaxis(np.reshape(bar, moved.shape), last, axes)


def cond_bar(g: Any, x: Any, p: Any = None) -> Any:
    """The adjoint of `x` of `np.linalg.cond(x, p)`: a ratio of singular values, or a product of norms."""
    g = np.real(g)  # up to NumPy 2.2 the condition of a complex matrix is complex, too, with no imaginary part
    if p is None or p == 2 or p == -2:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        first, last = (-1, 0) if p == -2 else (0, -1)
        ends = np.eye(np.shape(s)[-1], dtype=s.dtype)
        up, down = g / s[..., last], g * s[..., first] / s[..., last] ** 2
        s_bar = np.asarray(up)[..., None] * ends[first] - np.asarray(down)[..., None] * ends[last]
        return (np.conj(u) * s_bar[..., None, :]) @ np.conj(vh)
    inverse = np.linalg.inv(x)
    size, size_of_inverse = (np.linalg.norm(m, p, (-2, -1)) for m in (x, inverse))
    direct = norm_bar(g * size_of_inverse, size, x, p, (-2, -1), False)
    return direct - _t(inverse) @ norm_bar(g * size, size_of_inverse, inverse, p, (-2, -1), False) @ _t(inverse)
