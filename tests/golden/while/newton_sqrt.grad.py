def newton_sqrt_grad(a, x, newton_sqrt_bar=1.0):
    """Gradient of newton_sqrt with respect to a and x."""
    # forward sweep
    x_tape = []
    while True:
        x_tape.append(x)
        step = (x * x - a) / (2.0 * x)
        x -= step
        if abs(step) < 1e-12:
            break
    # reverse sweep
    x_bar = newton_sqrt_bar
    a_bar = 0.0
    for x in reversed(x_tape):
        product = 2.0 * x
        difference_bar = -x_bar / product
        x_bar -= difference_bar * ((x * x - a) / product) * 2.0
        a_bar -= difference_bar
        x_bar += 2.0 * difference_bar * x
    return a_bar, x_bar
