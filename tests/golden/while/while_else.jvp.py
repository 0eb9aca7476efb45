def while_else_jvp(x, limit, *, x_dot):
    """Value of while_else and its tangent along those of x."""
    n = 0
    go = True
    while n < 4:
        x_dot = 2.0 * x_dot * x
        x = x * x + 0.1
        if x > limit:
            go = False
            break
        n += 1
    if go:
        x = 3.0 * x
        x_dot *= 3.0
    return x, x_dot
