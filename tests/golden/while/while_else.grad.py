def while_else_grad(x, limit, while_else_bar=1.0):
    """Gradient of while_else with respect to x."""
    # forward sweep
    x_tape = []
    n = 0
    go = True
    while n < 4:
        x_tape.append(x)
        x = x * x + 0.1
        if x > limit:
            go = False
            break
        n += 1
    # reverse sweep
    if go:
        x_bar = while_else_bar * 3.0
    else:
        x_bar = while_else_bar
    for x in reversed(x_tape):
        x_bar = 2.0 * x_bar * x
    return x_bar
