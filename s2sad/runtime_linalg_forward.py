"""Array helpers that emitted code may call: tangents of linear systems, factorisations and spectra. NumPy only.

The formulas are those of which the adjoints are the transposes; sources are named in `s2sad/rules/linalg.py`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like
from s2sad.runtime_linalg import _as_system, _is_vector, _lower_half
from s2sad.runtime_products import _t
from s2sad.runtime_spectra import _gaps, _inverse_or_zero, _largest_real, _on_diagonal

__all__ = [
    "cholesky_tangent", "eig_tangent", "eigh_tangent", "eigvals_tangent", "lstsq_tangent", "pinv_tangent", "qr_tangent",
    "slogdet_tangent", "solve_tangent", "svd_tangent", "tensor_product", "tensorinv_tangent",
]  # fmt: skip

# --- systems ------------------------------------------------------------------------------------------------


def solve_tangent(a_dot: Any, b_dot: Any, y: Any, a: Any, b: Any) -> Any:
    """The tangent of `y = np.linalg.solve(a, b)`, of stacks of matrices too."""
    if _is_vector(a, b):
        return np.linalg.solve(a, (b_dot[..., None] - a_dot @ y[..., None]))[..., 0]
    return np.linalg.solve(a, b_dot - a_dot @ y)


def tensorinv_tangent(a_dot: Any, y: Any, ind: int) -> Any:
    """The tangent of `y = np.linalg.tensorinv(a, ind)`."""
    over = np.ndim(y) - ind
    return -np.tensordot(np.tensordot(y, a_dot, ind), y, over)


def tensor_product(a_dot: Any, y: Any, b: Any, axes: Any = None) -> Any:
    """The tensor `a_dot` times `y`, for `y = np.linalg.tensorsolve(a, b, axes)`."""
    return np.reshape(_as_system(a_dot, b, axes)[1] @ np.ravel(y), np.shape(b))


def pinv_tangent(a_dot: Any, y: Any, a: Any) -> Any:
    """The tangent of `y = np.linalg.pinv(a)`, at constant rank."""
    adjoint, turned = np.conj(_t(y)), np.conj(_t(a_dot))
    rows, columns = np.eye(np.shape(a)[-2], dtype=y.dtype), np.eye(np.shape(a)[-1], dtype=y.dtype)
    return -(y @ a_dot @ y) + y @ adjoint @ turned @ (rows - a @ y) + (columns - y @ a) @ turned @ adjoint @ y


def lstsq_tangent(a_dot: Any, b_dot: Any, y: Any, a: Any, b: Any) -> tuple[Any, Any, Any, Any]:
    """The tangents of the results of `y = np.linalg.lstsq(a, b)`, at constant rank."""
    x, residuals, rank, s = y
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    kept = slice(0, int(rank))
    inverse = (np.conj(vh[kept].T) / s[kept]) @ np.conj(u[:, kept].T)
    x_dot = inverse @ b_dot + pinv_tangent(a_dot, inverse, a) @ b
    residuals_dot = np.zeros_like(residuals)
    if np.size(residuals):
        turn = np.conj(b - a @ x) * (b_dot - a_dot @ x)
        residuals_dot = 2.0 * np.real(np.sum(np.reshape(turn, (len(b), -1)), axis=0))
    return x_dot, residuals_dot, 0, svd_tangent(a_dot, s, a, False)


def slogdet_tangent(a_dot: Any, y: Any, a: Any) -> tuple[Any, Any]:
    """The tangents of the sign and the logarithm of `y = np.linalg.slogdet(a)`."""
    ratio = np.sum(_t(np.linalg.inv(a)) * a_dot, axis=(-2, -1))
    sign_dot = y[0] * (1j * np.imag(ratio)) if np.iscomplexobj(a) else np.zeros_like(y[0])
    return sign_dot, np.real(ratio)


# --- factorisations -----------------------------------------------------------------------------------------


def _hermitian(a: Any, uplo: str) -> Any:
    """The Hermitian matrix of which `a` has one triangle; the imaginary part of the diagonal is not read."""
    lower = _t(a) if uplo.upper() == "U" else a
    below = np.tril(lower, -1)
    whole = below + np.conj(_t(below)) + np.real(lower) * np.eye(np.shape(a)[-1], dtype=a.dtype)
    return _t(whole) if uplo.upper() == "U" else whole


def cholesky_tangent(a_dot: Any, y: Any, upper: bool = False) -> Any:
    """The tangent of `y = np.linalg.cholesky(a, upper=upper)`."""
    left = np.conj(_t(y)) if upper else y
    inverse = np.linalg.inv(left)
    inner = inverse @ _hermitian(a_dot, "U" if upper else "L") @ np.conj(_t(inverse))
    y_dot = left @ _lower_half(inner)
    return np.conj(_t(y_dot)) if upper else y_dot


def _undetermined(vectors_dot: Any, count: int) -> Any:
    """The tangents of `count` orthogonal vectors of which the matrix determines the first ones only: NaN for the others."""
    missing = count - np.shape(vectors_dot)[-1]
    if not missing:
        return vectors_dot
    unknown = np.full((*np.shape(vectors_dot)[:-1], missing), np.nan, vectors_dot.dtype)
    return np.concatenate([vectors_dot, unknown], axis=-1)


def qr_tangent(a_dot: Any, y: Any, a: Any, mode: str = "reduced") -> Any:
    """The tangent of `y = np.linalg.qr(a, mode)`, where the leading square part of R is invertible."""
    if mode == "r":
        return qr_tangent(a_dot, (np.linalg.qr(a)[0], y), a)[1]
    (q, r), (rows, columns) = y, np.shape(a)[-2:]
    if rows > columns and np.shape(q)[-1] == rows:
        q_dot, r_dot = qr_tangent(a_dot, (q[..., :columns], r[..., :columns, :]), a)
        below = np.zeros_like(r[..., columns:, :])
        return _undetermined(q_dot, rows), np.concatenate([r_dot, below], axis=-2)
    n = min(rows, columns)
    turned, square = np.conj(_t(q)), r[..., :n]
    c = _t(np.linalg.solve(_t(square), _t(turned @ a_dot[..., :n])))
    below = np.tril(c, -1)
    diagonal = 1j * np.imag(c) if np.iscomplexobj(c) else np.zeros_like(c)
    rotation = below - np.conj(_t(below)) + diagonal * np.eye(n, dtype=c.dtype)
    scaling = c - rotation
    q_dot = _t(np.linalg.solve(_t(square), _t(a_dot[..., :n]))) - q @ scaling
    r_dot = scaling @ square
    if columns > n:
        beyond = np.conj(_t(q_dot)) @ a[..., n:] + turned @ a_dot[..., n:]
        r_dot = np.concatenate([r_dot, beyond], axis=-1)
    return q_dot, r_dot


# --- spectra ------------------------------------------------------------------------------------------------


def _diagonal(m: Any) -> Any:
    return np.diagonal(m, 0, -2, -1).copy()


def eigh_tangent(a_dot: Any, w: Any, v: Any, uplo: str = "L") -> tuple[Any, Any]:
    """The tangents of `w, v = np.linalg.eigh(a, uplo)`. Vectors of equal eigenvalues do not mix."""
    inner = np.conj(_t(v)) @ _hermitian(a_dot, uplo) @ v
    return np.real(_diagonal(inner)), v @ (_gaps(w) * inner)


def eig_tangent(a_dot: Any, w: Any, v: Any) -> tuple[Any, Any]:
    """The tangents of `w, v = np.linalg.eig(a)`. Vectors of equal eigenvalues do not mix."""
    inner = np.linalg.solve(v, a_dot @ v)
    turn = v @ (_gaps(w) * inner)
    along = -np.real(np.sum(np.conj(v) * turn, axis=-2, keepdims=True))  # the columns keep the length 1
    if np.iscomplexobj(v):  # and their largest component stays real
        largest, at = _largest_real(v)
        along = along - 1j * np.imag(np.take_along_axis(turn, at, -2)) * _inverse_or_zero(largest)
    return cast_like(_diagonal(inner), w), cast_like(turn + v * along, v)


def eigvals_tangent(a_dot: Any, y: Any, a: Any) -> Any:
    """The tangent of `y = np.linalg.eigvals(a)`, which may order the eigenvalues unlike `np.linalg.eig`."""
    w, v = np.linalg.eig(a)
    values_dot = eig_tangent(a_dot, w, v)[0]
    nearest = np.argmin(np.abs(y[..., :, None] - w[..., None, :]), axis=-1)
    each = np.arange(np.shape(w)[-1])
    if np.all(np.sort(nearest, axis=-1) == each):
        values_dot = np.take_along_axis(values_dot, nearest, -1)
    return cast_like(values_dot, y)


def svd_tangent(a_dot: Any, y: Any, a: Any, compute_uv: bool = True) -> Any:
    """The tangent of `y = np.linalg.svd(a)`. Vectors of equal singular values do not mix."""
    u, s, vh = y if compute_uv else np.linalg.svd(a, full_matrices=False)
    rank = np.shape(s)[-1]
    wide_u, wide_v = np.shape(u)[-1], np.shape(vh)[-2]
    u, vh = u[..., :rank], vh[..., :rank, :]
    v = np.conj(_t(vh))
    inner = np.conj(_t(u)) @ a_dot @ v
    s_dot = np.real(_diagonal(inner))
    if not compute_uv:
        return s_dot
    turned, inverse = np.conj(_t(inner)), _inverse_or_zero(s)
    gaps = _inverse_or_zero(s[..., None, :] ** 2 - s[..., :, None] ** 2)
    rotation = gaps * (inner * s[..., None, :] + s[..., :, None] * turned)
    if np.iscomplexobj(inner):  # a common phase of both vectors
        rotation = rotation + 1j * _on_diagonal(np.imag(_diagonal(inner)) * inverse)
    u_dot = u @ rotation
    v_dot = v @ (gaps * (s[..., :, None] * inner + turned * s[..., None, :]))
    if np.shape(u)[-2] > rank:
        outside = a_dot @ v
        u_dot = u_dot + (outside - u @ inner) * inverse[..., None, :]
    if np.shape(v)[-2] > rank:
        outside = np.conj(_t(a_dot)) @ u
        v_dot = v_dot + (outside - v @ turned) * inverse[..., None, :]
    return _undetermined(u_dot, wide_u), s_dot, np.conj(_t(_undetermined(v_dot, wide_v)))
