def dict_items_jvp(x, *, x_dot):
    """Value of dict_items and its tangent along those of x."""
    product = x * x
    product_dot = 2.0 * x_dot * x
    s = 0.0 + x
    s += product
    s_dot = x_dot + product_dot
    s += x * product
    s_dot += x_dot * product + product_dot * x
    return s, s_dot
