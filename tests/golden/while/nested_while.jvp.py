def nested_while_jvp(x, *, x_dot):
    """Value of nested_while and its tangent along those of x."""
    total = 0.0
    total_dot = 0.0
    for k in range(3):
        y = x + k
        y_dot = x_dot
        while y > 1.0:
            product = 0.5 * y
            total1 = 1.0 + 0.1 * x
            y = product * total1
            y_dot = y_dot * 0.5 * total1 + x_dot * 0.1 * product
        total += y * y
        total_dot += 2.0 * y_dot * y
    return total, total_dot
