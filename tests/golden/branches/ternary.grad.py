def ternary_grad(x, y, ternary_bar=1.0):
    """Gradient of ternary with respect to x and y."""
    # forward sweep
    test = x > y
    if test:
        s = x
    else:
        s = 2.0 * y
    # reverse sweep
    x_bar = 2.0 * ternary_bar * s
    if test:
        y_bar = 0.0
    else:
        y_bar = x_bar * 2.0
        x_bar = 0.0
    return x_bar, y_bar
