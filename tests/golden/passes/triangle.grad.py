import math
import numpy as np
from s2sad.runtime import place_diagonal


def triangle_value_and_grad(A, triangle_bar=1.0):
    """Value of triangle and its gradient with respect to A."""
    # forward sweep
    n = len(A)
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j] + (n if i == j else 0.0)
            for k in range(j):
                s -= L[i, k] * L[j, k]
            if i == j:
                L[i, j] = math.sqrt(s)
            else:
                L[i, j] = s / L[j, j]
    diagonal = np.diagonal(L)
    sum_ = np.sum(np.log(diagonal))
    # reverse sweep
    L_bar = place_diagonal(triangle_bar / diagonal, L).copy()
    A_bar = np.zeros_like(A)
    for i in reversed(range(n)):
        for j in reversed(range(i + 1)):
            if i == j:
                s_bar = L_bar[i, j] * 0.5 / L[i, j]
            else:
                s_bar = L_bar[i, j] / L[j, j]
                L_bar[j, j] -= s_bar * L[i, j]
            for k in reversed(range(j)):
                product_bar = -s_bar
                L_bar[j, k] += product_bar * L[i, k]
                L_bar[i, k] += product_bar * L[j, k]
            A_bar[i, j] = s_bar
    return sum_, A_bar
