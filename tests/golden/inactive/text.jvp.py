def text_jvp(x, *, x_dot):
    """Value of text and its tangent along those of x."""
    label = f"x = {x:.3f}"
    print(label)
    product = x * x
    product_dot = 2.0 * x_dot * x
    return product, product_dot
