def operators_jvp(a, b, *, a_dot, b_dot):
    """Value of operators and its tangent along those of a and b."""
    value = a * b
    slope = a * a + b
    product = value * slope
    product_dot = (a_dot * b + b_dot * a) * slope + (2.0 * a_dot * a + b_dot) * value
    return product, product_dot
