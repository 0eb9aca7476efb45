def whole_array_grad(x, whole_array_bar=1.0):
    """Gradient of whole_array with respect to x."""
    # forward sweep
    y = x * 1.0
    y += x * x
    # reverse sweep
    y_bar = 2.0 * whole_array_bar * y
    x_bar = 2.0 * y_bar * x + y_bar * 1.0
    return x_bar
