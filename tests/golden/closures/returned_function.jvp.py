def returned_function_jvp(x, *, x_dot):
    """Value of returned_function and its tangent along those of x."""
    product = x * x
    product_dot = 2.0 * x_dot * x
    total = x * 2.0 + product
    total1 = product + product
    product = total * total1
    product_dot = (x_dot * 2.0 + product_dot) * total1 + (product_dot + product_dot) * total
    return product, product_dot
