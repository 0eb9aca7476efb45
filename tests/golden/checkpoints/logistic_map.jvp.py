def logistic_map_jvp(x, r, n, *, x_dot, r_dot):
    """Value of logistic_map and its tangent along those of x and r."""
    for _ in range(n):
        product = r * x
        difference = 1.0 - x
        x1 = product * difference
        x_dot = (r_dot * x + x_dot * r) * difference - x_dot * product
        x = x1
    return x, x_dot
