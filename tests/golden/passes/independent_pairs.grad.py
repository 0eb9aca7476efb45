import numpy as np


def independent_pairs_grad(x, a, independent_pairs_bar=1.0):
    """Gradient of independent_pairs with respect to x and a."""
    x_bar = np.zeros_like(x)
    a_bar = 0.0
    for i in reversed(range(len(x))):
        for j in reversed(range(i)):
            d = x[i] - x[j]
            r2 = d @ d + a
            power = r2**3
            r2_bar = -independent_pairs_bar / power * (1.0 / power) * (3.0 * (r2 * r2))
            d_bar = 2.0 * r2_bar * d
            x_bar[j] -= d_bar
            x_bar[i] += d_bar
            a_bar += r2_bar
    return x_bar, a_bar
