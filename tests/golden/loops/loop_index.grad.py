from s2sad.runtime import power_slope


def loop_index_grad(x, n, loop_index_bar=1.0):
    """Gradient of loop_index with respect to x."""
    x_bar = 0.0
    for i in reversed(range(1, n)):
        x_bar += loop_index_bar / i * power_slope(x, i)
    return x_bar
