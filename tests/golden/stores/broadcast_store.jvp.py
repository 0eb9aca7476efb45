import numpy as np


def broadcast_store_jvp(row, s, *, row_dot, s_dot):
    """Value of broadcast_store and its tangent along those of row and s."""
    A = np.empty((3, len(row)))
    A_dot = np.zeros_like(A)
    A_dot[:] = row_dot
    A[:] = row
    A_dot[1, :] = s_dot
    A[1, :] = s
    row_item = row[0]
    A_dot[:, 0] += s_dot * row_item + row_dot[0] * s
    A[:, 0] += s * row_item
    sum_ = np.sum(A**3)
    sum_dot = np.sum(A_dot * (3.0 * (A * A)))
    return sum_, sum_dot
