import numpy as np


def layers_grad(x, w, n, layers_bar=1.0):
    """Gradient of layers with respect to x and w."""
    # forward sweep
    tape = []
    x_tape = []
    tape1 = []
    for _ in range(n):
        x_tape.append(x)
        for _ in range(3):
            x = np.tanh(w @ x) + x
    x1 = x
    for _ in range(3):
        x1 = np.tanh(w @ x1) + x1
    # reverse sweep
    x_bar = 2.0 * layers_bar * x1
    for _ in range(3):
        tanh = np.tanh(w @ x)
        tape.append((x, tanh))
        x = tanh + x
    w_bar = np.zeros_like(w)
    for _ in range(3):
        x, tanh = tape.pop()
        product_bar = x_bar * (1.0 - tanh**2)
        w_bar += np.outer(product_bar, x)
        x_bar = x_bar + w.T @ product_bar
    for x in reversed(x_tape):
        for _ in range(3):
            tanh = np.tanh(w @ x)
            tape1.append((x, tanh))
            x = tanh + x
        for _ in range(3):
            x, tanh = tape1.pop()
            product_bar = x_bar * (1.0 - tanh**2)
            w_bar = w_bar + np.outer(product_bar, x)
            x_bar = x_bar + w.T @ product_bar
    x_bar = x_bar.copy()
    w_bar = w_bar.copy()
    return x_bar, w_bar
