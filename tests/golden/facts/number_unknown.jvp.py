def number_unknown_jvp(x, k, *, x_dot):
    """Value of number_unknown and its tangent along those of x."""
    y = x * k
    y_dot = x_dot * k
    if y > 0.0:
        y_dot = y_dot * x + x_dot * y
        y = y * x
    total = y + x
    total_dot = y_dot + x_dot
    return total, total_dot
