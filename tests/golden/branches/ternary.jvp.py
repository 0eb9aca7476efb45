def ternary_jvp(x, y, *, x_dot, y_dot):
    """Value of ternary and its tangent along those of x and y."""
    if x > y:
        s = x
        s_dot = x_dot
    else:
        s_dot = y_dot * 2.0
        s = 2.0 * y
    product = s * s
    product_dot = 2.0 * s_dot * s
    return product, product_dot
