"""The gradient of `newton_sqrt` written by hand: what the emitted one is measured against."""


def newton_sqrt_grad(a, x, newton_sqrt_bar=1.0):
    # forward sweep
    x_tape = []
    while True:
        x_tape.append(x)
        step = (x * x - a) / (2.0 * x)
        x = x - step
        if abs(step) < 1e-12:
            break
    # reverse sweep
    x_bar = newton_sqrt_bar
    a_bar = 0.0
    for x in reversed(x_tape):
        step = (x * x - a) / (2.0 * x)
        numerator_bar = -x_bar / (2.0 * x)
        a_bar -= numerator_bar
        x_bar = x_bar + 2.0 * numerator_bar * x + 2.0 * x_bar * step / (2.0 * x)
    return a_bar, x_bar
