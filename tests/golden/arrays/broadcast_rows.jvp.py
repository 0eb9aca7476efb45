import numpy as np


def broadcast_rows_jvp(A, row, column, *, A_dot, row_dot, column_dot):
    """Value of broadcast_rows and its tangent along those of A, row and column."""
    total = A * row + column
    sum_ = np.sum(total**2)
    sum_dot = np.sum((A_dot * row + row_dot * A + column_dot) * (2.0 * total))
    return sum_, sum_dot
