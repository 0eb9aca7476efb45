def masked_grad(x, masked_bar=1.0):
    """Gradient of masked with respect to x."""
    # forward sweep
    y = 2.0 * x
    test = x > 0.5
    y[test] = 1.0
    # reverse sweep
    y_bar = 2.0 * masked_bar * y
    y_bar[test] = 0.0
    x_bar = y_bar * 2.0
    return x_bar
