def or_value_grad(x, y, or_value_bar=1.0):
    """Gradient of or_value with respect to x and y."""
    # forward sweep
    if y:
        scale = y
    else:
        scale = 2.0
    # reverse sweep
    product_bar = or_value_bar * x
    y_bar = product_bar * x
    x_bar = or_value_bar * (scale * x) + product_bar * scale
    if not y:
        y_bar = 0.0
    return x_bar, y_bar
