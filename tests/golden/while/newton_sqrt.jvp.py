def newton_sqrt_jvp(a, x, *, a_dot, x_dot):
    """Value of newton_sqrt and its tangent along those of a and x."""
    while True:
        product = 2.0 * x
        step = (x * x - a) / product
        step_dot = (2.0 * x_dot * x - a_dot) / product - x_dot * 2.0 / product * step
        x -= step
        x_dot -= step_dot
        if abs(step) < 1e-12:
            break
    return x, x_dot
