import numpy as np


def broadcast_store_grad(row, s, broadcast_store_bar=1.0):
    """Gradient of broadcast_store with respect to row and s."""
    # forward sweep
    A = np.empty((3, len(row)))
    A[:] = row
    A[1, :] = s
    row_item = row[0]
    A[:, 0] += s * row_item
    # reverse sweep
    A_bar = broadcast_store_bar * (3.0 * (A * A))
    product_bar = np.sum(A_bar[:, 0])
    row_bar = np.zeros_like(row)
    row_bar[0] = product_bar * s
    s_bar = A_bar[1, :].copy()
    A_bar[1, :] = 0.0
    s_bar = product_bar * row_item + np.sum(s_bar)
    row_bar += A_bar[:].sum(axis=0)
    return row_bar, s_bar
