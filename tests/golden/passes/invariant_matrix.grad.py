import numpy as np


def invariant_matrix_grad(x, W, b, n, invariant_matrix_bar=1.0):
    """Gradient of invariant_matrix with respect to x, W and b."""
    # forward sweep
    x_tape = []
    x_tape1 = []
    total = W + W.T
    exp = np.exp(b)
    for _ in range(n):
        x_tape1.append(x)
        x = np.tanh(total @ x + exp)
        x_tape.append(x)
    # reverse sweep
    x_bar = np.full_like(x, invariant_matrix_bar)
    b_bar = np.zeros_like(b)
    total_bar = np.zeros_like(total)
    for value_bar, x in zip(reversed(x_tape), reversed(x_tape1)):
        total_bar1 = x_bar * (1.0 - value_bar**2)
        x_bar = total.T @ total_bar1
        b_bar += total_bar1 * exp
        total_bar += np.outer(total_bar1, x)
    W_bar = total_bar + total_bar.T
    return x_bar, W_bar, b_bar
