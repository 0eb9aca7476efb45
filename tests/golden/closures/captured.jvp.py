def captured_jvp(x, a, *, x_dot, a_dot):
    """Value of captured and its tangent along those of x and a."""
    product = a * x
    product1 = 2.0 * x
    product_dot = x_dot * 2.0
    product2 = a * product1
    product_dot = (a_dot * product1 + product_dot * a) * product1 + product_dot * product2
    total = product * x + product2 * product1
    total_dot = (a_dot * x + x_dot * a) * x + x_dot * product + product_dot
    return total, total_dot
