def logistic_jvp(r, x, n, *, r_dot, x_dot):
    """Value of logistic and its tangent along those of r and x."""
    for _ in range(n):
        product = r * x
        difference = 1.0 - x
        x1 = product * difference
        x_dot = (r_dot * x + x_dot * r) * difference - x_dot * product
        x = x1
    return x, x_dot
