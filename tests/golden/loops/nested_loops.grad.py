import numpy as np


def nested_loops_grad(A, x, nested_loops_bar=1.0):
    """Gradient of nested_loops with respect to A and x."""
    x_bar = np.zeros_like(x)
    A_bar = np.zeros_like(A)
    for i in reversed(range(A.shape[0])):
        row = 0.0
        for j in range(A.shape[1]):
            row += A[i, j] * x[j]
        row_bar = 2.0 * nested_loops_bar * row
        for j in reversed(range(A.shape[1])):
            x_bar[j] += row_bar * A[i, j]
            A_bar[i, j] += row_bar * x[j]
    return A_bar, x_bar
