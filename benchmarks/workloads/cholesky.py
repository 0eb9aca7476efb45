"""The factorisation of Cholesky, element by element, and the determinant by it."""

from __future__ import annotations

import math

import numpy as np

from .case import Workload


def cholesky(A):
    n = len(A)
    L = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    return 2.0 * np.sum(np.log(np.diag(L)))


def by_hand(A):
    n = len(A)
    L = np.zeros_like(A)
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    value = 2.0 * np.sum(np.log(np.diag(L)))
    # reverse sweep: the factor is never overwritten, so there is nothing else to keep
    A_bar = np.zeros_like(A)
    L_bar = np.diag(2.0 / np.diag(L))
    for i in range(n - 1, -1, -1):
        for j in range(i, -1, -1):
            s_bar = L_bar[i, j] / L[j, j]
            if i == j:
                s_bar *= 0.5
            else:
                L_bar[j, j] -= s_bar * L[i, j]
            for k in range(j):
                L_bar[i, k] -= s_bar * L[j, k]
                L_bar[j, k] -= s_bar * L[i, k]
            A_bar[i, j] = s_bar
    return value, A_bar


def functional(np):
    """Column by column, each of all rows at once, from the diagonal down."""

    def cholesky(A):
        columns, diagonal = [], []
        for j in range(A.shape[0]):
            s = A[j:, j]
            for column in columns:
                s = s - column[-s.shape[0] :] * column[-s.shape[0]]
            diagonal.append(np.sqrt(s[0]))
            columns.append(s / diagonal[j])
        return 2.0 * np.sum(np.log(np.stack(diagonal)))

    return cholesky


def for_jax(jax):
    np = jax.numpy

    def cholesky(A):
        rows = np.arange(len(A))

        def column(j, L):
            s = A[:, j] - L @ L[j]
            return L.at[:, j].set(np.where(rows >= j, s, 0.0) / np.sqrt(s[j]))

        L = jax.lax.fori_loop(0, len(A), column, np.zeros_like(A))
        return 2.0 * np.sum(np.log(np.diag(L)))

    return cholesky


def workloads() -> list[Workload]:
    M = np.random.default_rng(1).normal(size=(24, 24))
    return [Workload(cholesky, "24 × 24", (M @ M.T + 24.0 * np.eye(24),), ("A",), "elements")]
