"""Linear algebra of small matrices for compiled code, into arrays that are there.

These functions are printed, compiled, above the functions that call them. For matrices of a few rows, loops are several
times as fast as a call of a library; larger products go to BLAS. Systems are solved by elimination with the pivots that
LAPACK takes, so that the same matrices are singular, up to rounding. Shapes that do not fit raise what NumPy raises.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from importlib.util import find_spec
from types import FunctionType
from typing import Any

import numpy as np

from ..ir.nodes import Ref

BLAS = find_spec("scipy") is not None  # Numba calls that of SciPy


def matmul(a, b, out):
    """`out[...] = a @ b` for matrices."""
    if out.size * a.shape[1] > 600:
        np.dot(a, b, out)
    else:
        small_matmul(a, b, out)


def small_matmul(a, b, out):
    """`out[...] = a @ b` for small matrices."""
    n = a.shape[1]
    if b.shape[0] != n:
        raise ValueError("matmul: the second operand has a mismatch in its core dimension 0")
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = 0.0
            for k in range(n):
                total += a[i, k] * b[k, j]
            out[i, j] = total


def matvec(a, x, out):
    """`out[...] = a @ x` for a matrix and a vector."""
    if a.size > 600:
        np.dot(a, x, out)
    else:
        small_matvec(a, x, out)


def small_matvec(a, x, out):
    """`out[...] = a @ x` for a small matrix and a vector."""
    n = a.shape[1]
    if len(x) != n:
        raise ValueError("matmul: the second operand has a mismatch in its core dimension 0")
    for i in range(len(out)):
        total = 0.0
        for k in range(n):
            total += a[i, k] * x[k]
        out[i] = total


def trace(a):
    """`np.trace(a)`."""
    total = 0.0
    for k in range(min(a.shape[0], a.shape[1])):
        total += a[k, k]
    return total


def pivot_row(m, k):
    """The row, from `k` on, with the largest element of column `k`, or one that is NaN."""
    pivot = k
    for i in range(k + 1, len(m)):
        if not abs(m[i, k]) <= abs(m[pivot, k]):
            pivot = i
    return pivot


def eliminate(m, x):
    """Solve `m @ y = x` for the columns of `x`, in place; `m` is used up."""
    n = len(m)
    for k in range(n):
        pivot = pivot_row(m, k)
        if m[pivot, k] == 0.0:
            raise np.linalg.LinAlgError("Singular matrix")
        if pivot != k:
            for j in range(k, n):
                m[k, j], m[pivot, j] = m[pivot, j], m[k, j]
            for j in range(x.shape[1]):
                x[k, j], x[pivot, j] = x[pivot, j], x[k, j]
        for i in range(k + 1, n):
            factor = m[i, k] / m[k, k]
            for j in range(k + 1, n):
                m[i, j] -= factor * m[k, j]
            for j in range(x.shape[1]):
                x[i, j] -= factor * x[k, j]
    for k in range(n - 1, -1, -1):
        for j in range(x.shape[1]):
            total = x[k, j]
            for i in range(k + 1, n):
                total -= m[k, i] * x[i, j]
            x[k, j] = total / m[k, k]


def solve(a, b, out):
    """`out[...] = np.linalg.solve(a, b)` for matrices."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if len(b) != len(a):
        raise ValueError("solve: the second operand has a mismatch in its core dimension 0")
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            out[i, j] = b[i, j]
    eliminate(a.copy(), out)


def solve_vector(a, b, out):
    """`out[...] = np.linalg.solve(a, b)` for a matrix and a vector."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    if len(b) != len(a):
        raise ValueError("solve: the second operand has a mismatch in its core dimension 0")
    x = b.copy().reshape((len(b), 1))
    eliminate(a.copy(), x)
    for i in range(len(b)):
        out[i] = x[i, 0]


def inverse(a, out):
    """`out[...] = np.linalg.inv(a)`."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    for i in range(len(a)):
        for j in range(len(a)):
            out[i, j] = 1.0 if i == j else 0.0
    eliminate(a.copy(), out)


def sign_and_log(a):
    """`np.linalg.slogdet(a)`."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    m = a.copy()
    n = len(m)
    sign, logarithm = 1.0, 0.0
    for k in range(n):
        pivot = pivot_row(m, k)
        if m[pivot, k] == 0.0:
            return 0.0, -np.inf
        if pivot != k:
            sign = -sign
            for j in range(k, n):
                m[k, j], m[pivot, j] = m[pivot, j], m[k, j]
        for i in range(k + 1, n):
            factor = m[i, k] / m[k, k]
            for j in range(k + 1, n):
                m[i, j] -= factor * m[k, j]
        if m[k, k] < 0.0:
            sign = -sign
        logarithm += np.log(abs(m[k, k]))
    return sign, logarithm


def determinant(a):
    """`np.linalg.det(a)`."""
    sign, logarithm = sign_and_log(a)
    return sign * np.exp(logarithm)


def cofactors(a, y, out):
    """The cofactors of a matrix with the determinant `y`: `y * inv(a).T`, or the determinants of what is left without a row and a column."""
    n = len(a)
    if y != 0.0:
        inverse(a, out)
        for i in range(n):
            for j in range(i + 1):
                out[i, j], out[j, i] = y * out[j, i], y * out[i, j]
        return
    rest = np.empty((max(n - 1, 0), max(n - 1, 0)))
    for i in range(n):
        for j in range(n):
            for k in range(n - 1):
                for m in range(n - 1):
                    rest[k, m] = a[k + (k >= i), m + (m >= j)]
            minor = determinant(rest)
            out[i, j] = minor if (i + j) % 2 == 0 else -minor


def cholesky(a, out):
    """`out[...] = np.linalg.cholesky(a)`."""
    if a.shape[0] != a.shape[1]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")
    n = len(a)
    for j in range(n):
        for i in range(j):
            out[i, j] = 0.0
        rest = a[j, j]
        for k in range(j):
            rest -= out[j, k] * out[j, k]
        if not rest > 0.0:
            raise np.linalg.LinAlgError("Matrix is not positive definite")
        out[j, j] = np.sqrt(rest)
        for i in range(j + 1, n):
            rest = a[i, j]
            for k in range(j):
                rest -= out[i, k] * out[j, k]
            out[i, j] = rest / out[j, j]


def cholesky_bar(g, y, out):
    """The adjoint of the lower triangle of `a`, from that of `y = np.linalg.cholesky(a)`, column after column from the last."""
    n = len(y)
    for i in range(n):
        for j in range(n):
            out[i, j] = g[i, j] if j <= i else 0.0
    for j in range(n - 1, -1, -1):
        for i in range(n - 1, j, -1):
            share = out[i, j] / y[j, j]
            out[i, j] = share
            out[j, j] -= share * y[i, j]
            for k in range(j):
                out[i, k] -= share * y[j, k]
                out[j, k] -= share * y[i, k]
        share = 0.5 * out[j, j] / y[j, j]
        out[j, j] = share
        for k in range(j):
            out[j, k] -= 2.0 * share * y[j, k]


def ref(f: Any) -> Ref:
    """An atom that stands for a function of this module, whose definition is printed, too."""
    return Ref(f, f.__name__, f, "$param")  # its name needs no import


def needed(names: set[str]) -> dict[str, Any]:
    """The functions of these names, with those that they call, in the order of this file."""
    todo, found = list(names), set()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += [n for n in globals()[name].__code__.co_names if isinstance(globals().get(n), FunctionType)]
    return {n: f for n, f in globals().items() if n in found}
