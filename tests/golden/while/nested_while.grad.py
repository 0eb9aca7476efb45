def nested_while_grad(x, nested_while_bar=1.0):
    """Gradient of nested_while with respect to x."""
    x_bar = 0.0
    for k in reversed(range(3)):
        y_tape = []
        y = x + k
        while y > 1.0:
            y_tape.append(y)
            y = 0.5 * y * (1.0 + 0.1 * x)
        y_bar = 2.0 * nested_while_bar * y
        for y in reversed(y_tape):
            x_bar += y_bar * (0.5 * y) * 0.1
            y_bar = y_bar * (1.0 + 0.1 * x) * 0.5
        x_bar += y_bar
    return x_bar
