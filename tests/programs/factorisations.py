"""Dense factorisations written with loops: Cholesky, LU, Gram-Schmidt, Levinson-Durbin."""

import numpy as np

from tests.programs.case import Case


def cholesky(A):
    n = A.shape[0]
    L = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = np.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return L


def log_det(A):
    L = cholesky(A)
    return 2.0 * np.sum(np.log(np.diag(L))) + np.sum(L * L[::-1])


def lu_in_place(A):
    """Doolittle without pivoting, the factors in the matrix given."""
    n = len(A)
    for k in range(n - 1):
        A[k + 1 :, k] /= A[k, k]
        A[k + 1 :, k + 1 :] -= np.outer(A[k + 1 :, k], A[k, k + 1 :])
    return A


def lu_solve(A, b):
    LU = lu_in_place(A.copy())
    n = len(b)
    x = b.copy()
    for i in range(n):
        x[i] -= LU[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - LU[i, i + 1 :] @ x[i + 1 :]) / LU[i, i]
    return np.sum(x**3)


def gram_schmidt(V):
    Q = V.copy()
    n = Q.shape[1]
    for j in range(n):
        for i in range(j):
            Q[:, j] -= (Q[:, i] @ Q[:, j]) * Q[:, i]
        Q[:, j] /= np.sqrt(np.sum(Q[:, j] ** 2))
    weights = np.arange(Q.size).reshape(Q.shape)
    return np.sum(weights * Q**2)


def levinson_durbin(r):
    """Autoregressive coefficients from autocorrelations, the coefficient vector updated in place."""
    order = len(r) - 1
    a = np.zeros(order + 1)
    a[0] = 1.0
    error = r[0]
    for m in range(1, order + 1):
        acc = r[m]
        for i in range(1, m):
            acc += a[i] * r[m - i]
        k = -acc / error
        half = a[1:m].copy()
        a[1:m] += k * half[::-1]
        a[m] = k
        error *= 1.0 - k * k
    return error + np.sum(a**2)


def spd(n):
    def make(rng):
        M = rng.normal(size=(n, n))
        return (M @ M.T + n * np.eye(n),)

    return make


def system(n):
    return lambda rng: (rng.normal(size=(n, n)) + 4.0 * np.eye(n), rng.normal(size=n))


CASES = [
    Case(log_det, spd(4), ("A",)),
    Case(log_det, spd(7), ("A",), "seven"),
    Case(log_det, spd(1), ("A",), "one"),
    Case(lu_solve, system(4), ("A", "b")),
    Case(lu_solve, system(2), ("A", "b"), "two"),
    Case(lu_solve, system(1), ("A", "b"), "one"),
    Case(gram_schmidt, lambda rng: (rng.normal(size=(4, 3)),), ("V",)),
    Case(gram_schmidt, lambda rng: (rng.normal(size=(3, 1)),), ("V",), "one"),
    Case(gram_schmidt, lambda rng: (rng.normal(size=(3, 0)),), ("V",), "none"),
    Case(levinson_durbin, lambda rng: (np.array([2.0, 0.9, 0.4, -0.1, 0.2]),), ("r",)),
    Case(levinson_durbin, lambda rng: (np.array([2.0, 0.9]),), ("r",), "order-one"),
    Case(levinson_durbin, lambda rng: (np.array([2.0]),), ("r",), "order-zero"),
]
