import numpy as np


def conditional_grad(x, conditional_bar=1.0):
    """Gradient of conditional with respect to x."""
    # forward sweep
    y_saved_tape = []
    test_tape = []
    y = x.copy()
    n = len(x)
    for i in range(1, n):
        test = y[i] > y[i - 1]
        test_tape.append(test)
        if test:
            y_saved_tape.append(y[i])
            y[i] *= y[i - 1]
        else:
            y[i] += 0.5 * y[i - 1]
    # reverse sweep
    x_bar = 2.0 * conditional_bar * y
    for i, test in zip(reversed(range(1, n)), reversed(test_tape)):
        if test:
            y_saved = y_saved_tape.pop()
            product_bar = x_bar[i]
            x_bar[i] = 0.0
            x_bar[i - 1] += product_bar * y_saved
            x_bar[i] += product_bar * y[i - 1]
        else:
            x_bar[i - 1] += x_bar[i] * 0.5
    return x_bar
