def looping_helper_grad(x, r, looping_helper_bar=1.0):
    """Gradient of looping_helper with respect to x and r."""
    # forward sweep
    x_tape = []
    x_tape1 = []
    for _ in range(3):
        x_tape1.append(x)
        x = r * x * (1.0 - x)
    x1 = x
    for _ in range(2):
        x_tape.append(x1)
        x1 = r * x1 * (1.0 - x1)
    # reverse sweep
    x_bar = looping_helper_bar * x
    r_bar = 0.0
    for x in reversed(x_tape):
        product_bar = x_bar * (1.0 - x)
        x_bar = product_bar * r - x_bar * (r * x)
        r_bar += product_bar * x
    x_bar = looping_helper_bar * x1 + x_bar
    for x in reversed(x_tape1):
        product_bar = x_bar * (1.0 - x)
        x_bar = product_bar * r - x_bar * (r * x)
        r_bar += product_bar * x
    return x_bar, r_bar
