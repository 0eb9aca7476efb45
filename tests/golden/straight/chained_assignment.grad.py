def chained_assignment_grad(x, chained_assignment_bar=1.0):
    """Gradient of chained_assignment with respect to x."""
    # forward sweep
    a = 2.0 * x
    a1 = a + a * x
    # reverse sweep
    a_bar = chained_assignment_bar * a
    x_bar = a_bar * a + (chained_assignment_bar * a1 + a_bar + a_bar * x) * 2.0
    return x_bar
