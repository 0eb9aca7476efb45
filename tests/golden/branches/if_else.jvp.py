def if_else_jvp(x, y, *, x_dot, y_dot):
    """Value of if_else and its tangent along those of x and y."""
    if x > y:
        product = x * x
        z = product * y
        z_dot = 2.0 * x_dot * x * y + y_dot * product
    else:
        z = y - x
        z_dot = y_dot - x_dot
    product = z * z
    product_dot = 2.0 * z_dot * z
    return product, product_dot
