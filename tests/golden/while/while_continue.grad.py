def while_continue_grad(x, n, while_continue_bar=1.0):
    """Gradient of while_continue with respect to x."""
    # forward sweep
    tape = []
    i = 0
    s = 1.0
    while i < n:
        tape.append((s, i))
        i += 1
        if i % 2 != 0:
            s = s * x + i
    # reverse sweep
    s_bar = while_continue_bar
    x_bar = 0.0
    for s, i in reversed(tape):
        i += 1
        if i % 2 != 0:
            x_bar += s_bar * s
            s_bar *= x
    return x_bar
