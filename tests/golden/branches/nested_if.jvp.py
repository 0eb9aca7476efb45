def nested_if_jvp(x, y, *, x_dot, y_dot):
    """Value of nested_if and its tangent along those of x and y."""
    if x > 0.0:
        x1 = x * y
        x_dot = x_dot * y + y_dot * x
        if x1 > 1.0:
            x_dot = 2.0 * x_dot * x1
            x = x1 * x1
        else:
            x = x1 + y
            x_dot += y_dot
    product = x * y
    product_dot = x_dot * y + y_dot * x
    return product, product_dot
