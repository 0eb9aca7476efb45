def dead_code_jvp(x, k, *, x_dot):
    """Value of dead_code and its tangent along those of x."""
    product = k * x
    product_dot = x_dot * k
    return product, product_dot
