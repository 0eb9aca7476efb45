def nested_while_grad(x, nested_while_bar=1.0):
    """Gradient of nested_while with respect to x."""
    # forward sweep
    y_tape = []
    y_tape1 = []
    trips_tape = []
    for k in range(3):
        y = x + k
        trips = 0
        while y > 1.0:
            y_tape1.append(y)
            trips += 1
            y = 0.5 * y * (1.0 + 0.1 * x)
        y_tape.append(y)
        trips_tape.append(trips)
    # reverse sweep
    x_bar = 0.0
    for y, trips in zip(reversed(y_tape), reversed(trips_tape)):
        y_bar = 2.0 * nested_while_bar * y
        for _ in range(trips):
            y = y_tape1.pop()
            x_bar += y_bar * (0.5 * y) * 0.1
            y_bar = y_bar * (1.0 + 0.1 * x) * 0.5
        x_bar += y_bar
    return x_bar
