def list_store_jvp(x, y, *, x_dot, y_dot):
    """Value of list_store and its tangent along those of x and y."""
    product = x * y
    product_dot = x_dot * y + y_dot * x
    product1 = y * product
    product2 = product1 * product
    product_dot = (y_dot * product + product_dot * y) * product + product_dot * product1
    return product2, product_dot
