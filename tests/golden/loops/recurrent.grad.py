import numpy as np


def recurrent_grad(W, h, n, recurrent_bar=1.0):
    """Gradient of recurrent with respect to W and h."""
    # forward sweep
    h_tape = []
    h_tape1 = []
    for _ in range(n):
        h_tape1.append(h)
        h = np.tanh(W @ h)
        h_tape.append(h)
    # reverse sweep
    h_bar = np.full_like(h, recurrent_bar)
    W_bar = np.zeros_like(W)
    for h, h1 in zip(reversed(h_tape), reversed(h_tape1)):
        product_bar = h_bar * (1.0 - h**2)
        h_bar = W.T @ product_bar
        W_bar += np.outer(product_bar, h1)
    return W_bar, h_bar
