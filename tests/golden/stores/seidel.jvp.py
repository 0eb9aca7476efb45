import numpy as np


def seidel_jvp(A, steps, *, A_dot):
    """Value of seidel and its tangent along those of A."""
    A1 = A.copy()
    A_dot = A_dot.copy()
    n = len(A)
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                pair = i - 1, j
                pair1 = i, j - 1
                pair2 = i, j + 1
                total_dot = A_dot[pair] + A_dot[pair1] + A_dot[i, j] + A_dot[pair2]
                pair3 = i + 1, j
                A_dot[i, j] = (total_dot + A_dot[pair3]) / 5.0
                A1[i, j] = (A1[pair] + A1[pair1] + A1[i, j] + A1[pair2] + A1[pair3]) / 5.0
    sum_ = A1.sum()
    sum_dot = A_dot.sum()
    return sum_, sum_dot
