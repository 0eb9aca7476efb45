"""The gradient of `logistic` written by hand: what the emitted one is measured against."""


def logistic_value_and_grad(r, x, n, logistic_bar=1.0):
    # forward sweep
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        x = r * x * (1.0 - x)
    value = x
    # reverse sweep
    x_bar = logistic_bar
    r_bar = 0.0
    for x in reversed(x_tape):
        rx_bar = x_bar * (1.0 - x)
        r_bar += rx_bar * x
        x_bar = rx_bar * r - x_bar * (r * x)
    return value, (r_bar, x_bar)
