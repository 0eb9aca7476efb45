import numpy as np


def saved_shapes_grad(W, xs, saved_shapes_bar=1.0):
    """Gradient of saved_shapes with respect to W."""
    # forward sweep
    tape = []
    h = np.zeros(xs.shape[1])
    n = len(xs)
    for x in xs:
        z = x @ W
        tanh = np.tanh(z[:, 0])
        tanh1 = np.tanh(z[:, 1])
        h = np.tanh(h + tanh * tanh1)
        tape.append((tanh, tanh1, h))
    # reverse sweep
    h_bar = np.full_like(h, saved_shapes_bar)
    W_bar = np.zeros_like(W)
    for i, (tanh, tanh1, h) in zip(reversed(range(n)), reversed(tape)):
        h_bar = h_bar * (1.0 - h**2)
        z_bar = np.zeros((xs.shape[1], W.shape[1]))
        z_bar[:, 1] = h_bar * tanh * (1.0 - tanh1**2)
        z_bar[:, 0] = h_bar * tanh1 * (1.0 - tanh**2)
        W_bar += xs[i].T @ z_bar
    return W_bar
