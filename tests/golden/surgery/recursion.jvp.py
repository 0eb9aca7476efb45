def folded_jvp(x, depth, x_dot):
    """folded and the tangents of its results."""
    value_dot = 2.0 * x_dot * x
    y = x * x + 0.1
    if depth != 0:
        y, value_dot = folded_jvp(y, depth - 1, value_dot)
    return y, value_dot


def recursion_jvp(x, depth, *, x_dot):
    """Value of recursion and its tangent along those of x."""
    folded, folded_dot = folded_jvp(x, depth, x_dot)
    return folded, folded_dot
