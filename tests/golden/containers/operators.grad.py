def operators_grad(a, b, operators_bar=1.0):
    """Gradient of operators with respect to a and b."""
    value_bar = operators_bar * (a * a + b)
    slope_bar = operators_bar * (a * b)
    a_bar = 2.0 * slope_bar * a + value_bar * b
    b_bar = slope_bar + value_bar * a
    return a_bar, b_bar
