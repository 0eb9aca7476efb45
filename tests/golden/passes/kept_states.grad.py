import numpy as np


def kept_states_grad(W, x, h0, kept_states_bar=1.0):
    """Gradient of kept_states with respect to W and h0."""
    # forward sweep
    n = len(x)
    H = np.zeros((n + 1, len(h0)))
    H[0] = h0
    for t in range(n):
        H[t + 1] = np.tanh(W @ H[t] + x[t])
    # reverse sweep
    H_bar = 2.0 * kept_states_bar * H
    W_bar = np.zeros_like(W)
    for t in reversed(range(n)):
        total_bar = H_bar[t + 1] * (1.0 - H[t + 1] ** 2)
        H_bar[t] += W.T @ total_bar
        W_bar += np.outer(total_bar, H[t])
    h0_bar = H_bar[0].copy()
    return W_bar, h0_bar
