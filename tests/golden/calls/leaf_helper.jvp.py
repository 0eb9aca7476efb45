def leaf_helper_jvp(x, *, x_dot):
    """Value of leaf_helper and its tangent along those of x."""
    total = x * x + 1.0
    product = 2.0 * x
    total1 = product * product + 0.5
    product1 = total * total1
    product_dot = 2.0 * x_dot * x * total1 + 4.0 * x_dot * product * total
    return product1, product_dot
