import numpy as np
from s2sad.runtime import restore_axes, share_ties


def columns_once_grad(x, w, columns_once_bar=1.0):
    """Gradient of columns_once with respect to x and w."""
    # forward sweep
    tanh_tape = []
    scores = np.empty((len(x), len(w)))
    n = len(w)
    for j in range(n):
        tanh = np.tanh(x * w[j])
        tanh_tape.append(tanh)
        scores[:, j] = tanh
    max_ = scores.max(axis=1)
    # reverse sweep
    scores_bar = share_ties(columns_once_bar * scores.sum(axis=1), max_, scores, 1, False)
    scores_bar = restore_axes(columns_once_bar * max_, scores, 1, False) + scores_bar
    x_bar = np.zeros_like(x)
    w_bar = np.zeros_like(w)
    for j, tanh in zip(reversed(range(n)), reversed(tanh_tape)):
        product_bar = scores_bar[:, j] * (1.0 - tanh**2)
        w_bar[j] = product_bar @ x
        x_bar += product_bar * w[j]
    return x_bar, w_bar
