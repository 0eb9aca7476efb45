def late_binding_jvp(x, *, x_dot):
    """Value of late_binding and its tangent along those of x."""
    first = x * x
    first_dot = 2.0 * x_dot * x
    scale = x * x
    scale_dot = 2.0 * x_dot * x
    total = first + scale * x
    total_dot = first_dot + (scale_dot * x + x_dot * scale)
    return total, total_dot
