def looping_helper_jvp(x, r, *, x_dot, r_dot):
    """Value of looping_helper and its tangent along those of x and r."""
    for _ in range(3):
        product = r * x
        difference = 1.0 - x
        x1 = product * difference
        x_dot = (r_dot * x + x_dot * r) * difference - x_dot * product
        x = x1
    x1 = x
    x_dot1 = x_dot
    for _ in range(2):
        product = r * x1
        difference = 1.0 - x1
        x2 = product * difference
        x_dot1 = (r_dot * x1 + x_dot1 * r) * difference - x_dot1 * product
        x1 = x2
    product = x * x1
    product_dot = x_dot * x1 + x_dot1 * x
    return product, product_dot
