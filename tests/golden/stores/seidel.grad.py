import numpy as np


def seidel_grad(A, steps, seidel_bar=1.0):
    """Gradient of seidel with respect to A."""
    n = len(A)
    A_bar = np.full_like(A, seidel_bar)
    for _ in range(steps):
        for i in reversed(range(1, n - 1)):
            for j in reversed(range(1, n - 1)):
                total_bar = A_bar[i, j] / 5.0
                A_bar[i, j] = 0.0
                A_bar[i + 1, j] += total_bar
                A_bar[i, j + 1] += total_bar
                A_bar[i, j] += total_bar
                A_bar[i, j - 1] += total_bar
                A_bar[i - 1, j] += total_bar
    return A_bar
