import math


def invariant_that_may_raise_grad(x, k, n, invariant_that_may_raise_bar=1.0):
    """Gradient of invariant_that_may_raise with respect to x and k."""
    # forward sweep
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        exp = math.exp(-k)
        x = x * exp + k / 2.0
    # reverse sweep
    x_bar = invariant_that_may_raise_bar
    k_bar = 0.0
    for x in reversed(x_tape):
        k_bar = k_bar + x_bar / 2.0 - x_bar * x * exp
        x_bar *= exp
    return x_bar, k_bar
