def swap_jvp(x, y, *, x_dot, y_dot):
    """Value of swap and its tangent along those of x and y."""
    y1 = x * y
    y_dot1 = x_dot * y + y_dot * x
    y += y1
    y_dot += y_dot1
    difference = y1 - y * y
    difference_dot = y_dot1 - 2.0 * y_dot * y
    return difference, difference_dot
