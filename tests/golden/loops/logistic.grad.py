def logistic_value_and_grad(r, x, n, logistic_bar=1.0):
    """Value of logistic and its gradient with respect to r and x."""
    # forward sweep
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        x = r * x * (1.0 - x)
    # reverse sweep
    x_bar = logistic_bar
    r_bar = 0.0
    for x1 in reversed(x_tape):
        product_bar = x_bar * (1.0 - x1)
        x_bar = product_bar * r - x_bar * (r * x1)
        r_bar += product_bar * x1
    return x, (r_bar, x_bar)
