def quadratic_form_jvp(A, x, *, A_dot, x_dot):
    """Value of quadratic_form and its tangent along those of A and x."""
    product = x @ A
    product1 = product @ x
    product_dot = (x_dot @ A + x @ A_dot) @ x + product @ x_dot
    return product1, product_dot
