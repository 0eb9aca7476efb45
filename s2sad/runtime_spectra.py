"""Array helpers that emitted code may call: adjoints of eigenvalues and singular values. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_linalg import _filled, _fold
from s2sad.runtime_products import _t

__all__ = [
    "eig_bar", "eigh_bar", "eigvals_bar", "svd_bar",
]  # fmt: skip


def _inverse_or_zero(x: Any) -> Any:
    """`1 / x`, and 0 where `x` is 0."""
    return np.where(x == 0.0, 0.0, 1.0 / np.where(x == 0.0, 1.0, x)).astype(np.result_type(x))


def _gaps(w: Any) -> Any:
    """1 / (w[j] - w[i]) for all pairs, 0 for equal ones."""
    return _inverse_or_zero(w[..., None, :] - w[..., :, None])


def _on_diagonal(w: Any) -> Any:
    """Diagonal matrices with the last axis of `w` on their diagonals."""
    return w[..., None] * np.eye(np.shape(w)[-1], dtype=np.result_type(w))


def eigh_bar(values_bar: Any, vectors_bar: Any, w: Any, v: Any, uplo: str = "L") -> Any:
    """The adjoint of `a` of `w, v = np.linalg.eigh(a, uplo)`. Vectors of equal eigenvalues do not mix."""
    values_bar, vectors_bar = _filled((values_bar, vectors_bar), (w, v))
    inner = np.zeros(np.shape(v), np.result_type(v))
    if vectors_bar is not None:
        inner = inner + _gaps(w) * (_t(v) @ vectors_bar)
    if values_bar is not None:
        inner = inner + _on_diagonal(values_bar)
    return _fold(np.conj(v) @ inner @ _t(v), uplo)


def _largest_real(v: Any) -> tuple[Any, Any]:
    """Of each column, the largest of the components that are real, and where it is; LAPACK makes the largest of all real."""
    real = np.where(np.imag(v) == 0.0, np.real(v), 0.0)
    at = np.argmax(np.abs(real), axis=-2)[..., None, :]
    return np.take_along_axis(real, at, -2), at


def eig_bar(values_bar: Any, vectors_bar: Any, w: Any, v: Any) -> Any:
    """The adjoint of `a` of `w, v = np.linalg.eig(a)`. Vectors of equal eigenvalues do not mix."""
    values_bar, vectors_bar = _filled((values_bar, vectors_bar), (w, v))
    inner = np.zeros(np.shape(v), np.result_type(v, w))
    if vectors_bar is not None:
        along = np.sum(vectors_bar * v, axis=-2, keepdims=True)
        bar = vectors_bar - np.conj(v) * np.real(along)  # the columns keep the length 1
        if np.iscomplexobj(v):  # and their largest component stays real
            largest, at = _largest_real(v)
            rows = np.arange(np.shape(v)[-2])[:, None]
            bar = bar - np.where(rows == at, 1j * np.imag(along) * _inverse_or_zero(largest), 0.0)
        inner = inner + _gaps(w) * (_t(v) @ bar)
    if values_bar is not None:
        inner = inner + _on_diagonal(values_bar)
    return np.linalg.solve(_t(v), inner @ _t(v))


def eigvals_bar(g: Any, y: Any, a: Any) -> Any:
    """The adjoint of `a` of `y = np.linalg.eigvals(a)`, which may order the eigenvalues unlike `np.linalg.eig`."""
    w, v = np.linalg.eig(a)
    nearest = np.argmin(np.abs(w[..., :, None] - y[..., None, :]), axis=-1)
    each = np.arange(np.shape(w)[-1])
    if np.all(np.sort(nearest, axis=-1) == each):
        g = np.take_along_axis(np.asarray(g), nearest, -1)
    return eig_bar(g, None, w, v)


def svd_bar(y_bar: Any, y: Any, a: Any, compute_uv: bool = True) -> Any:
    """The adjoint of `a` of `y = np.linalg.svd(a)`. Vectors of equal singular values do not mix."""
    u, s, vh = y if compute_uv else np.linalg.svd(a, full_matrices=False)
    u_bar, s_bar, vh_bar = _filled(y_bar if compute_uv else (None, y_bar, None), (u, s, vh))
    rank = np.shape(s)[-1]
    beyond = [x is not None and np.any(x) for x in (
        None if u_bar is None else u_bar[..., rank:], None if vh_bar is None else vh_bar[..., rank:, :])]  # fmt: skip
    if any(beyond):
        raise NotImplementedError(
            "np.linalg.svd with full_matrices=True has a derivative rule only with respect to the singular vectors that "
            "full_matrices=False gives, too: the further ones are not determined by the matrix"
        )
    u, v = u[..., :, :rank], np.conj(_t(vh[..., :rank, :]))
    inner: Any = np.zeros((*np.shape(s), rank), np.result_type(u, s))
    outer: Any = 0.0
    gaps, inverse = _inverse_or_zero(s[..., None, :] ** 2 - s[..., :, None] ** 2), _inverse_or_zero(s)
    if s_bar is not None:
        inner = inner + _on_diagonal(s_bar)
    if u_bar is not None:
        bar = np.conj(u_bar[..., :rank])
        turn = np.conj(_t(u)) @ bar
        mixed = gaps * turn
        inner = inner + (mixed + np.conj(_t(mixed))) * s[..., None, :]
        if np.iscomplexobj(turn):  # a common phase of both vectors
            inner = inner + 1j * _on_diagonal(np.imag(np.einsum("...ii->...i", turn)) * inverse)
        if np.shape(u)[-2] > rank:
            outer = outer + ((bar - u @ turn) * inverse[..., None, :]) @ np.conj(_t(v))
    if vh_bar is not None:
        bar = _t(vh_bar[..., :rank, :])
        turn = np.conj(_t(v)) @ bar
        mixed = gaps * turn
        inner = inner + s[..., :, None] * (mixed + np.conj(_t(mixed)))
        if np.shape(v)[-2] > rank:
            outer = outer + (u * inverse[..., None, :]) @ np.conj(_t(bar - v @ turn))
    return np.conj(u @ inner @ np.conj(_t(v)) + outer)
