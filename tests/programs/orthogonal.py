"""Orthogonal transformations in place: QR by Householder reflections and by Givens rotations, the cyclic Jacobi method."""

import math

import numpy as np

from tests.programs.case import Case


def householder_qr(A):
    """R and the reflectors in the matrix itself, the scale factors beside it."""
    A = A.copy()
    m, n = A.shape
    tau = np.zeros(n)
    for k in range(min(m - 1, n)):
        x = A[k:, k]
        alpha = -np.copysign(np.linalg.norm(x), x[0])
        v0 = x[0] - alpha
        tau[k] = -v0 / alpha
        x[1:] /= v0
        x[0] = alpha
        v = np.concatenate(([1.0], x[1:]))
        A[k:, k + 1 :] -= tau[k] * np.outer(v, v @ A[k:, k + 1 :])
    return A, tau


def least_squares(A, b):
    """min |Ax - b| by the reflections applied to the right-hand side, then back substitution."""
    m, n = A.shape
    QR, tau = householder_qr(A)
    y = b.copy()
    for k in range(min(m - 1, n)):
        s = y[k] + QR[k + 1 :, k] @ y[k + 1 :]
        s *= tau[k]
        y[k] -= s
        y[k + 1 :] -= s * QR[k + 1 :, k]
    x = np.zeros(n)
    for i in reversed(range(n)):
        x[i] = (y[i] - QR[i, i + 1 : n] @ x[i + 1 :]) / QR[i, i]
    return x @ x + np.sum(y[n:] ** 2)


def givens(a, b):
    if b == 0.0:
        return 1.0, 0.0
    if abs(b) > abs(a):
        t = -a / b
        s = 1.0 / math.sqrt(1.0 + t * t)
        return s * t, s
    t = -b / a
    c = 1.0 / math.sqrt(1.0 + t * t)
    return c, c * t


def givens_triangle(A):
    """Zero the subdiagonal, two rows at a time; the weighted squares of what is left."""
    R = np.array(A)
    m, n = R.shape
    for j in range(n):
        for i in range(m - 1, j, -1):
            c, s = givens(R[i - 1, j], R[i, j])
            upper, lower = R[i - 1, j:].copy(), R[i, j:].copy()
            R[i - 1, j:] = c * upper - s * lower
            R[i, j:] = s * upper + c * lower
    return np.sum(np.arange(1.0, n + 1) * R[:n].diagonal() ** 2) + np.sum(R[0] ** 4)


def jacobi_eigenvalues(S, sweeps):
    """Cyclic Jacobi: rows and columns rotated through views of the matrix."""
    A = S + S.T
    n = A.shape[0]
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(A[p, q]) < 1e-14:
                    continue
                theta = 0.5 * math.atan2(2.0 * A[p, q], A[q, q] - A[p, p])
                c, s = math.cos(theta), math.sin(theta)
                row_p, row_q = A[p], A[q]
                row_p[:], row_q[:] = c * row_p - s * row_q, s * row_p + c * row_q
                col_p, col_q = A[:, p], A[:, q]
                col_p[:], col_q[:] = c * col_p - s * col_q, s * col_p + c * col_q
    return np.sum(np.diag(A) ** 3)


def normal(*shape):
    return lambda rng: (rng.normal(size=shape),)


def overdetermined(m, n):
    return lambda rng: (rng.normal(size=(m, n)), rng.normal(size=m))


CASES = [
    Case(least_squares, overdetermined(5, 3), ("A", "b")),
    Case(least_squares, overdetermined(3, 3), ("A", "b"), "square"),
    Case(least_squares, overdetermined(1, 1), ("A", "b"), "one"),
    Case(givens_triangle, normal(4, 3), ("A",)),
    Case(givens_triangle, normal(2, 1), ("A",), "one-column"),
    Case(givens_triangle, normal(1, 1), ("A",), "nothing-to-rotate"),
    Case(jacobi_eigenvalues, lambda rng: (rng.normal(size=(3, 3)), 2), ("S",)),
    Case(jacobi_eigenvalues, lambda rng: (rng.normal(size=(4, 4)), 1), ("S",), "one-sweep"),
    Case(jacobi_eigenvalues, lambda rng: (rng.normal(size=(3, 3)), 0), ("S",), "no-sweeps"),
]
