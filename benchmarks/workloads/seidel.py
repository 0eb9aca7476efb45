"""Gauss-Seidel relaxation of a grid in place: each element takes what was just stored to its neighbours."""

from __future__ import annotations

import numpy as np

from .case import Workload


def seidel(A, sweeps):
    A = A.copy()
    n = len(A)
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    return np.sum(A**2)


def by_hand(A, sweeps):
    A = A.copy()
    n = len(A)
    for _ in range(sweeps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
    value = np.sum(A**2)
    # reverse sweep: the relaxation is linear and needs no values
    A_bar = 2.0 * A
    for _ in range(sweeps):
        for i in range(n - 2, 0, -1):
            for j in range(n - 2, 0, -1):
                mean_bar = A_bar[i, j] / 5.0
                A_bar[i, j] = mean_bar
                A_bar[i - 1, j] += mean_bar
                A_bar[i, j - 1] += mean_bar
                A_bar[i, j + 1] += mean_bar
                A_bar[i + 1, j] += mean_bar
    return value, A_bar


def functional(np):
    """No stores: the grid is a list of lists of numbers."""

    def seidel(A, sweeps):
        n = A.shape[0]
        rows = [[A[i, j] for j in range(n)] for i in range(n)]
        for _ in range(sweeps):
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    across = rows[i][j - 1] + rows[i][j] + rows[i][j + 1]
                    rows[i][j] = (rows[i - 1][j] + across + rows[i + 1][j]) / 5.0
        return sum(element**2 for row in rows for element in row)

    return seidel


def for_jax(jax):
    def seidel(A, sweeps):
        n = len(A)

        def relax(k, A):
            i, j = k // (n - 2) % (n - 2) + 1, k % (n - 2) + 1
            return A.at[i, j].set((A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0)

        return jax.numpy.sum(jax.lax.fori_loop(0, sweeps * (n - 2) ** 2, relax, A) ** 2)

    return seidel


def for_torch(torch):
    def seidel(A, sweeps):
        A = A.clone()
        n = len(A)
        for _ in range(sweeps):
            for i in range(1, n - 1):
                for j in range(1, n - 1):
                    A[i, j] = (A[i - 1, j] + A[i, j - 1] + A[i, j] + A[i, j + 1] + A[i + 1, j]) / 5.0
        return torch.sum(A**2)

    return seidel


def workloads() -> list[Workload]:
    A = np.random.default_rng(2).normal(size=(22, 22))
    return [Workload(seidel, "22 × 22, 5 sweeps", (A, 5), ("A",), "loop", statics=(1,))]
