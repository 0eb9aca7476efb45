def nested_if_value_and_grad(x, y, nested_if_bar=1.0):
    """Value of nested_if and its gradient with respect to x and y."""
    # forward sweep
    test = x > 0.0
    if test:
        x2 = x * y
        test1 = x2 > 1.0
        if test1:
            x1 = x2 * x2
        else:
            x1 = x2 + y
    else:
        x1 = x
    product = x1 * y
    # reverse sweep
    x_bar = nested_if_bar * y
    y_bar = nested_if_bar * x1
    if test:
        if test1:
            x_bar = 2.0 * x_bar * x2
        else:
            y_bar += x_bar
        y_bar += x_bar * x
        x_bar *= y
    return product, (x_bar, y_bar)
