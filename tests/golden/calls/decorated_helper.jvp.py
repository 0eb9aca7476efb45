def decorated_helper_jvp(x, *, x_dot):
    """Value of decorated_helper and its tangent along those of x."""
    product = 2.0 * x**3
    product1 = product * x
    product_dot = x_dot * (3.0 * (x * x)) * 2.0 * x + x_dot * product
    return product1, product_dot
