import math


def invariant_that_runs_grad(x, k, invariant_that_runs_bar=1.0):
    """Gradient of invariant_that_runs with respect to x and k."""
    # forward sweep
    x_tape = []
    exp = math.exp(-k)
    sqrt = math.sqrt(k)
    quotient = sqrt / 2.0
    for _ in range(4):
        x_tape.append(x)
        x = x * exp + quotient
    # reverse sweep
    x_bar = invariant_that_runs_bar
    quotient_bar = 0.0
    exp_bar = 0.0
    for x in reversed(x_tape):
        quotient_bar += x_bar
        exp_bar += x_bar * x
        x_bar *= exp
    k_bar = 0.25 * quotient_bar / sqrt - exp_bar * exp
    return x_bar, k_bar
