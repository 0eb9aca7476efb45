def from_while_grad(x, from_while_bar=1.0):
    """Gradient of from_while with respect to x."""
    # forward sweep
    tape = []
    n = 0
    while True:
        tape.append((n, x))
        x = x * x + 0.2
        n += 1
        if x > 2.0:
            break
        if n == 5:
            break
    # reverse sweep
    result_bar = from_while_bar
    x_bar = 0.0
    for n, x in reversed(tape):
        n += 1
        x1 = x * x + 0.2
        if x1 > 2.0:
            x_bar += result_bar / n
            result_bar = 0.0
        elif n == 5:
            x_bar += result_bar * 3.0
            result_bar = 0.0
        x_bar = 2.0 * x_bar * x
    return x_bar
