def annotated_grad(x, y, annotated_bar=1.0):
    """Gradient of annotated with respect to x and y."""
    product = x * y
    product_bar = 2.0 * annotated_bar * product
    x_bar = product_bar * y
    y_bar = annotated_bar + product_bar * x
    return x_bar, y_bar
