def none_default_jvp(x, scale=None, *, x_dot):
    """Value of none_default and its tangent along those of x."""
    if scale is None:
        scale = 3.0
    product = scale * x
    product1 = product * x
    product_dot = x_dot * scale * x + x_dot * product
    return product1, product_dot
