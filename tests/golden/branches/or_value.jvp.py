def or_value_jvp(x, y, *, x_dot, y_dot):
    """Value of or_value and its tangent along those of x and y."""
    if y:
        scale = y
        scale_dot = y_dot
    else:
        scale = 2.0
        scale_dot = 0.0
    product = scale * x
    product1 = product * x
    product_dot = (scale_dot * x + x_dot * scale) * x + x_dot * product
    return product1, product_dot
