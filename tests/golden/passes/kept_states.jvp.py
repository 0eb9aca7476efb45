import numpy as np


def kept_states_jvp(W, x, h0, *, W_dot, h0_dot):
    """Value of kept_states and its tangent along those of W and h0."""
    n = len(x)
    H = np.zeros((n + 1, len(h0)))
    H_dot = np.zeros_like(H)
    H_dot[0] = h0_dot
    H[0] = h0
    for t in range(n):
        H_item = H[t]
        tanh = np.tanh(W @ H_item + x[t])
        H_dot[t + 1] = (W_dot @ H_item + W @ H_dot[t]) * (1.0 - tanh**2)
        H[t + 1] = tanh
    sum_ = np.sum(H**2)
    sum_dot = np.sum(H_dot * (2.0 * H))
    return sum_, sum_dot
