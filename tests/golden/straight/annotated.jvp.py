def annotated_jvp(x, y, *, x_dot, y_dot):
    """Value of annotated and its tangent along those of x and y."""
    product = x * y
    product_dot = x_dot * y + y_dot * x
    total = product * product + y
    total_dot = 2.0 * product_dot * product + y_dot
    return total, total_dot
