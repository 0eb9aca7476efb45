def precision_known_grad(x, y, precision_known_bar=1.0):
    """Gradient of precision_known with respect to x and y."""
    z = x * y
    z_bar = 2.0 * precision_known_bar * z
    y_bar = z_bar * x
    x_bar = precision_known_bar + z_bar * y
    return x_bar, y_bar
