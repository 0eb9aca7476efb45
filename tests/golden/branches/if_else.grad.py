def if_else_grad(x, y, if_else_bar=1.0):
    """Gradient of if_else with respect to x and y."""
    # forward sweep
    test = x > y
    if test:
        product = x * x
        z = product * y
    else:
        z = y - x
    # reverse sweep
    y_bar = 2.0 * if_else_bar * z
    if test:
        x_bar = 2.0 * y_bar * y * x
        y_bar *= product
    else:
        x_bar = -y_bar
    return x_bar, y_bar
