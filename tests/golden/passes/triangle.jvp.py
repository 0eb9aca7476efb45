import math
import numpy as np


def triangle_jvp(A, *, A_dot):
    """Value of triangle and its tangent along those of A."""
    n = len(A)
    L = np.zeros((n, n))
    L_dot = np.zeros_like(L)
    for i in range(n):
        for j in range(i + 1):
            s_dot = A_dot[i, j]
            s = A[i, j] + (n if i == j else 0.0)
            for k in range(j):
                L_item = L[i, k]
                L_item1 = L[j, k]
                s -= L_item * L_item1
                s_dot -= L_dot[i, k] * L_item1 + L_dot[j, k] * L_item
            if i == j:
                sqrt = math.sqrt(s)
                L_dot[i, j] = s_dot * 0.5 / sqrt
                L[i, j] = sqrt
            else:
                L_item = L[j, j]
                quotient = s / L_item
                L_dot[i, j] = s_dot / L_item - L_dot[j, j] / L_item * quotient
                L[i, j] = quotient
    diagonal = np.diagonal(L)
    sum_ = np.sum(np.log(diagonal))
    sum_dot = np.sum(np.diagonal(L_dot) / diagonal)
    return sum_, sum_dot
