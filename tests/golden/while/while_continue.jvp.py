def while_continue_jvp(x, n, *, x_dot):
    """Value of while_continue and its tangent along those of x."""
    i = 0
    s = 1.0
    s_dot = 0.0
    while i < n:
        i += 1
        if i % 2 != 0:
            s_dot = s_dot * x + x_dot * s
            s = s * x + i
    return s, s_dot
