def used_after_grad(x, n, used_after_bar=1.0):
    """Gradient of used_after with respect to x."""
    # forward sweep
    x_tape = []
    last = x
    for i in range(n):
        x_tape.append(x)
        last = x * (i + 1.0)
        x += 0.1 * last * last
    # reverse sweep
    x_bar = used_after_bar * last
    last_bar = used_after_bar * x
    for i, x in zip(reversed(range(n)), reversed(x_tape)):
        total = i + 1.0
        last = x * total
        x_bar += (last_bar + x_bar * (0.1 * last) + x_bar * last * 0.1) * total
        last_bar = 0.0
    x_bar = last_bar + x_bar
    return x_bar
