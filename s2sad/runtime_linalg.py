"""Array helpers that emitted code may call: adjoints of products, factorisations, transforms. NumPy only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like, restore_axes, share_ties, unbroadcast


def _t(a: Any) -> Any:
    """The transposes of the last two axes."""
    return np.swapaxes(a, -1, -2)


# --- products -----------------------------------------------------------------------------------------------


def _as_matrices(g: Any, A: Any, B: Any) -> tuple[Any, Any, Any]:
    """`g`, `A` and `B` of `A @ B` with vectors made into one-row and one-column matrices."""
    if np.ndim(A) == 1:
        g = np.expand_dims(g, -1 if np.ndim(B) == 1 else -2)
        A = np.reshape(A, (1, -1))
    if np.ndim(B) == 1:
        g = np.expand_dims(g, -1)
        B = np.reshape(B, (-1, 1))
    return g, A, B


def matmul_left(g: Any, A: Any, B: Any) -> Any:
    """The adjoint of `A` in `A @ B`, for operands of any rank."""
    g, rows, columns = _as_matrices(g, A, B)
    return np.reshape(unbroadcast(g @ _t(columns), rows), np.shape(A))


def matmul_right(g: Any, A: Any, B: Any) -> Any:
    """The adjoint of `B` in `A @ B`, for operands of any rank."""
    g, rows, columns = _as_matrices(g, A, B)
    return np.reshape(unbroadcast(_t(rows) @ g, columns), np.shape(B))


def _contracted(a: Any, b: Any, axes: Any) -> tuple[list[int], list[int]]:
    if isinstance(axes, int):
        return list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes))
    first, second = ([k] if isinstance(k, int) else list(k) for k in axes)
    return [k % np.ndim(a) for k in first], [k % np.ndim(b) for k in second]


def tensordot_left(g: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The adjoint of `a` in `np.tensordot(a, b, axes)`."""
    of_a, of_b = _contracted(a, b, axes)
    free_a = [k for k in range(np.ndim(a)) if k not in of_a]
    free_b = [k for k in range(np.ndim(b)) if k not in of_b]
    product = np.tensordot(g, b, (list(range(len(free_a), np.ndim(g))), free_b))
    order = free_a + [of_a[k] for k in sorted(range(len(of_b)), key=of_b.__getitem__)]
    return np.transpose(product, np.argsort(order)) if order else product


def tensordot_right(g: Any, a: Any, b: Any, axes: Any = 2) -> Any:
    """The adjoint of `b` in `np.tensordot(a, b, axes)`."""
    of_a, of_b = _contracted(a, b, axes)
    free_a = [k for k in range(np.ndim(a)) if k not in of_a]
    free_b = [k for k in range(np.ndim(b)) if k not in of_b]
    product = np.tensordot(a, g, (free_a, list(range(len(free_a)))))
    order = [of_b[k] for k in sorted(range(len(of_a)), key=of_a.__getitem__)] + free_b
    return np.transpose(product, np.argsort(order)) if order else product


def dot_left(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `a` in `np.dot(a, b)`, for operands of any rank."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, a)
    return tensordot_left(g, a, b, (-1, max(np.ndim(b) - 2, 0)))


def dot_right(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `b` in `np.dot(a, b)`, for operands of any rank."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, b)
    return tensordot_right(g, a, b, (-1, max(np.ndim(b) - 2, 0)))


def inner_left(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `a` in `np.inner(a, b)`."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * b, a)
    return tensordot_left(g, a, b, (-1, -1))


def inner_right(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `b` in `np.inner(a, b)`."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return unbroadcast(g * a, b)
    return tensordot_right(g, a, b, (-1, -1))


def _kron_split(g: Any, a: Any, b: Any) -> tuple[Any, Any, Any, int]:
    ndim = max(np.ndim(a), np.ndim(b))
    a = np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))
    b = np.reshape(b, (1,) * (ndim - np.ndim(b)) + np.shape(b))
    return np.reshape(g, [n for pair in zip(a.shape, b.shape) for n in pair]), a, b, ndim


def kron_left(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `a` in `np.kron(a, b)`."""
    blocks, _, second, ndim = _kron_split(g, a, b)
    return np.reshape(
        np.tensordot(blocks, second, (list(range(1, 2 * ndim, 2)), list(range(ndim)))), np.shape(a)
    )


def kron_right(g: Any, a: Any, b: Any) -> Any:
    """The adjoint of `b` in `np.kron(a, b)`."""
    blocks, first, _, ndim = _kron_split(g, a, b)
    return np.reshape(
        np.tensordot(blocks, first, (list(range(0, 2 * ndim, 2)), list(range(ndim)))), np.shape(b)
    )


def convolve_bar(g: Any, a: Any, v: Any, mode: str) -> Any:
    """The adjoint of `a` in `np.convolve(a, v, mode)`."""
    n, m = np.size(a), np.size(v)
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    full = np.zeros(n + m - 1, np.result_type(g))
    full[start : start + np.size(g)] = g
    return np.convolve(full, v[::-1], "full")[m - 1 : m - 1 + n]


def einsum_bar(g: Any, subscripts: Any, operands: Any) -> list[Any]:
    """The adjoints of all operands of `np.einsum(subscripts, *operands)`."""
    if not isinstance(subscripts, str):
        raise NotImplementedError("np.einsum has a derivative rule only for subscripts given as a string")
    labels, output = _einsum_labels(subscripts, operands)
    found = []
    for k, x in enumerate(operands):
        others = [j for j in range(len(operands)) if j != k]
        known = set(output).union(*(labels[j] for j in others))
        unique = "".join(dict.fromkeys(labels[k]))
        summed = "".join(label for label in unique if label in known)
        equation = ",".join([output, *(labels[j] for j in others)]) + "->" + summed
        core = np.einsum(equation, g, *(operands[j] for j in others))
        core = np.reshape(core, [core.shape[summed.index(n)] if n in summed else 1 for n in unique])
        sizes = [np.shape(x)[labels[k].index(n)] for n in unique]
        stretched = tuple(i for i, n in enumerate(sizes) if n == 1)
        core = np.sum(core, axis=stretched, keepdims=True)
        x_bar = np.zeros(np.shape(x), core.dtype)
        diagonal = np.einsum(labels[k] + "->" + unique, x_bar)  # a view, so that the store reaches x_bar
        diagonal[...] = core
        found.append(cast_like(x_bar, x))
    return found


def _einsum_labels(subscripts: str, operands: Any) -> tuple[list[str], str]:
    """The labels of each operand and of the result, with an ellipsis spelled out."""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    hidden = [np.ndim(x) - len(s.replace("...", "")) for s, x in zip(inputs, operands)]
    unused = [c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" if c not in subscripts]
    batch = "".join(unused[: max(hidden, default=0)])
    labels = [s.replace("...", batch[len(batch) - n :]) for s, n in zip(inputs, hidden)]
    if not arrow:
        letters = left.replace(",", "").replace("...", "")
        output = "..." + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    return labels, output.replace("...", batch)


# --- linear systems and factorisations ----------------------------------------------------------------------


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


def _fold(s: Any, uplo: str) -> Any:
    """The adjoint of the triangle that NumPy reads of a Hermitian matrix whose full adjoint is `s`."""
    if uplo.upper() == "U":
        return _t(_fold(_t(s), "L"))
    folded = np.tril(s, -1) + np.conj(_t(np.triu(s, 1)))
    along = np.arange(np.shape(s)[-1])
    folded[..., along, along] = np.real(s[..., along, along])
    return folded


def cholesky_bar(g: Any, y: Any) -> Any:
    """The adjoint of `a` of `y = np.linalg.cholesky(a)`: zero above the diagonal."""
    p = np.tril(_t(y) @ np.tril(g))
    along = np.arange(np.shape(y)[-1])
    p[..., along, along] *= 0.5
    inverse = np.linalg.inv(y)
    return _fold(_t(inverse) @ p @ np.conj(inverse), "L")


def eigh_bar(values_bar: Any, vectors_bar: Any, w: Any, v: Any, uplo: str = "L") -> Any:
    """The adjoint of `a` of `w, v = np.linalg.eigh(a)`. Vectors of equal eigenvalues do not mix."""
    inner = np.zeros(np.shape(v), np.result_type(v))
    if vectors_bar is not None:
        gap = w[..., None, :] - w[..., :, None]
        inner = np.where(gap == 0.0, 0.0, (_t(v) @ vectors_bar) / np.where(gap == 0.0, 1.0, gap))
    if values_bar is not None:
        along = np.arange(np.shape(v)[-1])
        inner[..., along, along] += values_bar
    return _fold(np.conj(v) @ inner @ _t(v), uplo)


def svd_bar(y_bar: Any, y: Any, a: Any, compute_uv: bool = True) -> Any:
    """The adjoint of `a` of `np.linalg.svd(a)` (J. Townsend, Differentiating the SVD, 2016)."""
    u_bar, s_bar, vh_bar = y_bar if compute_uv else (None, y_bar, None)
    u, s, vh = y if compute_uv else np.linalg.svd(a, full_matrices=False)
    rank = np.shape(s)[-1]
    for bar, extra in ((u_bar, np.shape(u)[-1] > rank), (vh_bar, np.shape(vh)[-2] > rank)):
        if bar is not None and np.any(bar) and (extra or np.iscomplexobj(a)):
            raise NotImplementedError(
                "the singular vectors of np.linalg.svd have a derivative rule only for real "
                "matrices and full_matrices=False"
            )
    u, vh = u[..., :, :rank], vh[..., :rank, :]
    inner = np.zeros((*np.shape(s), rank), np.result_type(u, s))
    along = np.arange(rank)
    if s_bar is not None:
        inner[..., along, along] += s_bar
    gap = s[..., None, :] ** 2 - s[..., :, None] ** 2
    gap_inverse = np.where(gap == 0.0, 0.0, 1.0 / np.where(gap == 0.0, 1.0, gap))
    a_bar: Any = 0.0
    if u_bar is not None and np.any(u_bar):
        turn = _t(u) @ u_bar
        inner = inner + gap_inverse * (turn - _t(turn)) * s[..., None, :]
        rest = u_bar[..., :, :rank] / s[..., None, :]
        a_bar = a_bar + (rest - u @ (_t(u) @ rest)) @ vh
    if vh_bar is not None and np.any(vh_bar):
        turn = vh @ _t(vh_bar)
        inner = inner + s[..., :, None] * gap_inverse * (turn - _t(turn))
        rest = vh_bar / s[..., :, None]
        a_bar = a_bar + u @ (rest - (rest @ _t(vh)) @ vh)
    return np.conj(u) @ inner @ np.conj(vh) + a_bar


def pinv_bar(g: Any, y: Any, a: Any) -> Any:
    """The adjoint of `a` of `y = np.linalg.pinv(a)`, at constant rank."""
    rows, columns = np.eye(np.shape(a)[-2], dtype=y.dtype), np.eye(np.shape(a)[-1], dtype=y.dtype)
    left = (rows - a @ y) @ _t(g) @ (y @ np.conj(_t(y)))
    right = (np.conj(_t(y)) @ y) @ _t(g) @ (columns - y @ a)
    return -(_t(y) @ g @ _t(y)) + np.conj(left + right)


def matrix_power_bar(g: Any, a: Any, n: int) -> Any:
    """The adjoint of `a` of `np.linalg.matrix_power(a, n)`."""
    if n < 0:
        inverse = np.linalg.inv(a)
        return -(_t(inverse) @ matrix_power_bar(g, inverse, -n) @ _t(inverse))
    transposed, total = _t(a), np.zeros_like(g)
    for k in range(n):
        left = np.linalg.matrix_power(transposed, k)
        total = total + left @ g @ np.linalg.matrix_power(transposed, n - 1 - k)
    return total


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


# --- Fourier transforms -------------------------------------------------------------------------------------


def fit_axis(g: Any, a: Any, axis: int = -1) -> Any:
    """`g` cut off or continued with zeros along `axis` to the length of `a`, in the dtype of `a`."""
    have, want = np.shape(g)[axis], np.shape(a)[axis]
    g = np.moveaxis(g, axis, -1)[..., :want]
    if have < want:
        g = np.concatenate([g, np.zeros_like(g, shape=(*g.shape[:-1], want - have))], axis=-1)
    return cast_like(np.moveaxis(g, -1, axis), a)


def irfft_bar(g: Any, a: Any, axis: int = -1, norm: Any = None) -> Any:
    """The adjoint of `a` of `np.fft.irfft(a)`: each inner coefficient counts for its conjugate as well."""
    swapped: Any = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}[norm]
    n = np.shape(g)[axis]
    bar = np.moveaxis(np.conj(np.fft.rfft(g, axis=axis, norm=swapped)), axis, -1)
    bar[..., 1 : (n + 1) // 2] *= 2.0
    return fit_axis(np.moveaxis(bar, -1, axis), a, axis)
