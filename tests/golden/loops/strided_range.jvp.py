def strided_range_jvp(x, *, x_dot):
    """Value of strided_range and its tangent along those of x."""
    s = 1.0
    s_dot = 0.0
    for i in range(0, len(x) - 1, 2):
        x_item = x[i + 1]
        total = x[i] + x_item**2
        s_dot = s_dot * total + (x_dot[i] + x_dot[i + 1] * (2.0 * x_item)) * s
        s *= total
    return s, s_dot
