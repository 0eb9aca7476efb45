def chained_assignment_jvp(x, *, x_dot):
    """Value of chained_assignment and its tangent along those of x."""
    a = 2.0 * x
    a_dot = x_dot * 2.0
    a1 = a + a * x
    a_dot1 = a_dot + (a_dot * x + x_dot * a)
    product = a1 * a
    product_dot = a_dot1 * a + a_dot * a1
    return product, product_dot
