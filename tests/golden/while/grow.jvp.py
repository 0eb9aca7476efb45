def grow_jvp(x, y, *, x_dot, y_dot):
    """Value of grow and its tangent along those of x and y."""
    s = x
    s_dot = x_dot
    while s < 10.0:
        s = 1.5 * s + y * y
        s_dot = s_dot * 1.5 + 2.0 * y_dot * y
    return s, s_dot
