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
    W_bar = np.zeros_like(W)
    transpose = total.T
    for value_bar, x in zip(reversed(x_tape), reversed(x_tape1)):
        total_bar = x_bar * (1.0 - value_bar**2)
        total_bar1 = np.outer(total_bar, x)
        x_bar = transpose @ total_bar
        b_bar += total_bar * exp
        W_bar = W_bar + total_bar1 + np.transpose(total_bar1)
    return x_bar, W_bar, b_bar
