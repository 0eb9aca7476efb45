import numpy as np


def watched_value_and_grad(x, w, watched_bar=1.0):
    """Value of watched and its gradient with respect to x and w."""
    # forward sweep
    h = np.tanh(w @ x)
    scale = np.max(np.abs(h))
    power = h**2
    sum_ = np.sum(power * x)
    # reverse sweep
    h_bar = 2.0 * watched_bar * x * h
    print("adjoint of h:", h_bar, "at", scale)
    assert np.all(np.isfinite(h_bar)), "not finite"
    product_bar = h_bar * (1.0 - power)
    w_bar = np.outer(product_bar, x)
    x_bar = watched_bar * power + w.T @ product_bar
    return sum_, (x_bar, w_bar)
