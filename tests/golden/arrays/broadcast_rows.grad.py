import numpy as np


def broadcast_rows_grad(A, row, column, broadcast_rows_bar=1.0):
    """Gradient of broadcast_rows with respect to A, row and column."""
    total_bar = 2.0 * broadcast_rows_bar * (A * row + column)
    column_bar = total_bar.sum(axis=1, keepdims=True)
    A_bar = total_bar * row
    row_bar = (total_bar * A).sum(axis=0)
    return A_bar, row_bar, column_bar
