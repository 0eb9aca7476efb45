"""The gradient of `seidel` written by hand: what the emitted one is measured against."""

import numpy as np


def seidel_grad(A, steps, seidel_bar=1.0):
    n = len(A)
    A_bar = np.full_like(A, seidel_bar)
    for _ in range(steps):
        for i in reversed(range(1, n - 1)):
            for j in reversed(range(1, n - 1)):
                mean_bar = A_bar[i, j] / 5.0
                A_bar[i, j] = 0.0
                A_bar[i - 1, j] += mean_bar
                A_bar[i, j - 1] += mean_bar
                A_bar[i, j] += mean_bar
                A_bar[i, j + 1] += mean_bar
                A_bar[i + 1, j] += mean_bar
    return A_bar
