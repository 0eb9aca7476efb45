def constant_result_jvp(x, k, *, x_dot):
    """Value of constant_result and its tangent along those of x."""
    product = k * 2.0
    return product, 0.0
