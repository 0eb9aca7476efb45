def star_arguments_jvp(x, y, *, x_dot, y_dot):
    """Value of star_arguments and its tangent along those of x and y."""
    product = x * y
    product_dot = x_dot * y + y_dot * x
    product1 = y * x
    product_dot1 = (y_dot * x + x_dot * y) * x + x_dot * product1
    total = 0.0 + product1 * x
    product1 = y * y
    total += product1 * y
    total_dot = product_dot1 + (2.0 * y_dot * y * y + y_dot * product1)
    product1 = y * product
    product_dot = (y_dot * product + product_dot * y) * product + product_dot * product1
    total += product1 * product
    total_dot += product_dot
    return total, total_dot
