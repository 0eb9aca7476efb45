import numpy as np


def nested_loops_grad(A, x, nested_loops_bar=1.0):
    """Gradient of nested_loops with respect to A and x."""
    # forward sweep
    row_tape = []
    item = A.shape[0]
    for i in range(item):
        row = 0.0
        for j in range(A.shape[1]):
            row += A[i, j] * x[j]
        row_tape.append(row)
    # reverse sweep
    x_bar = np.zeros_like(x)
    A_bar = np.zeros_like(A)
    for i, row in zip(reversed(range(item)), reversed(row_tape)):
        row_bar = 2.0 * nested_loops_bar * row
        for j in reversed(range(A.shape[1])):
            x_bar[j] += row_bar * A[i, j]
            A_bar[i, j] += row_bar * x[j]
    return A_bar, x_bar
