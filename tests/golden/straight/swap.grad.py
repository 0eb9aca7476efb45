def swap_grad(x, y, swap_bar=1.0):
    """Gradient of swap with respect to x and y."""
    # forward sweep
    y1 = x * y
    y1 = y + y1
    # reverse sweep
    y_bar = -2.0 * swap_bar * y1
    y_bar1 = swap_bar + y_bar
    x_bar = y_bar1 * y
    y_bar += y_bar1 * x
    return x_bar, y_bar
