"""Array helpers that emitted code may call: adjoints of products of arrays. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2sad.runtime_arrays import cast_like, unbroadcast

__all__ = [
    "blocks_of", "convolve_bar", "correlate_left", "correlate_right", "cross_left", "cross_right", "dot_left", "dot_right",
    "einsum_bar", "einsum_bar_of_operands", "einsum_bar_tangent", "einsum_tangent", "inner_left", "inner_right", "kron_left",
    "kron_right", "matmul_left", "matmul_right", "matrix_power_bar", "multi_dot_bar", "multi_dot_tangent", "power_tangent",
    "tensordot_left", "tensordot_right", "vecdot_left", "vecdot_right",
]  # fmt: skip


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
        diagonal = np.einsum(labels[k] + "->" + unique, x_bar) if unique else x_bar  # a view, so that the store reaches x_bar
        diagonal[...] = core
        found.append(cast_like(x_bar, x))
    return found


def einsum_tangent(subscripts: Any, operands: Any, tangents: Any, optimize: Any = False) -> Any:
    """The tangent of `np.einsum(subscripts, *operands)`: a term for each operand that varies. None stands for zero."""
    terms = [
        np.einsum(subscripts, *operands[:k], dot, *operands[k + 1 :], optimize=optimize)
        for k, dot in enumerate(tangents)
        if dot is not None and np.any(dot)
    ]
    return sum(terms[1:], terms[0]) if terms else np.zeros_like(np.einsum(subscripts, *operands))


def einsum_bar_of_operands(y_bar: Any, g: Any, subscripts: Any, operands: Any) -> list[Any]:
    """The adjoints of the operands of `einsum_bar(g, subscripts, operands)`, which is linear in each but its own."""
    found = [np.zeros_like(x) for x in operands]
    for k, bar in enumerate(y_bar):
        if bar is not None:
            bars = einsum_bar(g, subscripts, [*operands[:k], bar, *operands[k + 1 :]])
            found = [total if j == k else total + bars[j] for j, total in enumerate(found)]
    return found


def einsum_bar_tangent(g_dot: Any, operands_dot: Any, g: Any, subscripts: Any, operands: Any) -> list[Any]:
    """The tangent of `einsum_bar(g, subscripts, operands)`."""
    direct = einsum_bar(g_dot, subscripts, operands)
    return [one + other for one, other in zip(direct, einsum_bar_of_operands(operands_dot, g, subscripts, operands))]


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


# --- products along an axis ---------------------------------------------------------------------------------


def cross_left(g: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """The adjoint of `a` in `np.cross(a, b, axisa, axisb, axisc, axis)`, of vectors of two or three components."""
    if axis is not None:
        axisa = axisb = axisc = axis
    first, second = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    size_a, size_b = np.shape(first)[-1], np.shape(second)[-1]
    flat = size_a == 2 and size_b == 2
    g = np.expand_dims(g, -1) if flat else np.moveaxis(g, axisc, -1)
    zero = np.zeros_like(g[..., :1])
    spatial = np.concatenate([zero, zero, g], axis=-1) if flat else g
    second = second if size_b == 3 else np.concatenate([second, np.zeros_like(second[..., :1])], axis=-1)
    found = np.cross(second, spatial)[..., :size_a]
    return np.moveaxis(unbroadcast(found, first), -1, axisa)


def cross_right(g: Any, a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """The adjoint of `b` in `np.cross(a, b, axisa, axisb, axisc, axis)`: `a` and `b` change places, and the sign."""
    return cross_left(np.negative(g), b, a, axisb, axisa, axisc, axis)


def vecdot_left(g: Any, x1: Any, x2: Any, axis: int = -1) -> Any:
    """The adjoint of `x1` in `np.vecdot(x1, x2, axis=axis)`, which conjugates it."""
    return np.conj(vecdot_right(g, np.conj(x2), x1, axis))


def vecdot_right(g: Any, x1: Any, x2: Any, axis: int = -1) -> Any:
    """The adjoint of `x2` in `np.vecdot(x1, x2, axis=axis)`."""
    first, second = np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1)
    bar = np.conj(first) * np.expand_dims(g, -1)
    return np.moveaxis(unbroadcast(bar, second), -1, axis)


def multi_dot_bar(g: Any, arrays: Any) -> Any:
    """The adjoints of the factors of `np.linalg.multi_dot(arrays)`."""
    factors = [np.asarray(a) for a in arrays]
    if factors[0].ndim == 1:
        factors[0] = factors[0][None, :]
    if factors[-1].ndim == 1:
        factors[-1] = factors[-1][:, None]
    g = np.reshape(g, (factors[0].shape[0], factors[-1].shape[1]))
    turned = [f.T for f in factors]
    found = []
    for k, a in enumerate(arrays):
        chain = [*turned[:k][::-1], g, *turned[k + 1 :][::-1]]
        found.append(cast_like(np.reshape(np.linalg.multi_dot(chain), np.shape(a)), a))
    return np.array(found) if isinstance(arrays, np.ndarray) else found


def multi_dot_tangent(arrays: Any, tangents: Any) -> Any:
    """The tangent of `np.linalg.multi_dot(arrays)`: a term for each factor."""
    terms = [np.linalg.multi_dot([*arrays[:k], dot, *arrays[k + 1 :]]) for k, dot in enumerate(tangents)]
    return sum(terms[1:], terms[0])


def matrix_power_bar(g: Any, a: Any, n: int) -> Any:
    """The adjoint of `a` of `np.linalg.matrix_power(a, n)`.

    The derivative of a power in the direction of E is the upper right block of the power of [[a, E], [0, a]]
    (N. Higham, Functions of Matrices, 2008, equation 3.16); the adjoint is that of the transpose in the direction of g.
    """
    return power_tangent(_t(a), g, n)


def power_tangent(a: Any, direction: Any, n: int) -> Any:
    """The derivative of `np.linalg.matrix_power(a, n)` in a direction: the upper right block of a power of blocks."""
    size = np.shape(a)[-1]
    return np.linalg.matrix_power(blocks_of(a, direction), n)[..., :size, size:]


def blocks_of(a: Any, upper: Any) -> Any:
    """The matrix [[a, upper], [0, a]] of blocks."""
    top = np.concatenate([a, upper], axis=-1)
    below = np.concatenate([np.zeros_like(a), a], axis=-1)
    return np.concatenate([top, below], axis=-2)


# --- convolution --------------------------------------------------------------------------------------------


def _full(g: Any, n: int, m: int, mode: str) -> Any:
    """`g`, the adjoint of a convolution of `n` and `m` elements, as that of the convolution with mode="full"."""
    start = {"full": 0, "same": (min(n, m) - 1) // 2, "valid": min(n, m) - 1}[mode]
    zeros = np.zeros_like(g, shape=(n + m - 1,))
    return np.concatenate([zeros[:start], g, zeros[start + np.size(g) :]])


def convolve_bar(g: Any, a: Any, v: Any, mode: str) -> Any:
    """The adjoint of `a` in `np.convolve(a, v, mode)`."""
    n, m = np.size(a), np.size(v)
    bar = np.convolve(_full(g, n, m, mode), np.ravel(v)[::-1], "full")[m - 1 : m - 1 + n]
    return np.reshape(bar, np.shape(a))


def _full_correlation(g: Any, n: int, m: int, mode: str) -> Any:
    """As `_full`, for `np.correlate`, which takes the longer operand first and reverses the result where that is the second."""
    return _full(g, n, m, mode) if n >= m else _full(g[::-1], n, m, mode)[::-1]


def correlate_left(g: Any, a: Any, v: Any, mode: str = "valid") -> Any:
    """The adjoint of `a` in `np.correlate(a, v, mode)`, the convolution of `a` with the reversed conjugate of `v`."""
    whole = _full_correlation(g, np.size(a), np.size(v), mode)
    return convolve_bar(whole, a, np.conj(np.ravel(v)[::-1]), "full")


def correlate_right(g: Any, a: Any, v: Any, mode: str = "valid") -> Any:
    """The adjoint of `v` in `np.correlate(a, v, mode)`."""
    whole = _full_correlation(g, np.size(a), np.size(v), mode)
    return np.reshape(np.conj(convolve_bar(whole, np.ravel(v), a, "full")[::-1]), np.shape(v))
