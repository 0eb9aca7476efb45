def star_arguments_grad(x, y, star_arguments_bar=1.0):
    """Gradient of star_arguments with respect to x and y."""
    product = x * y
    product_bar = star_arguments_bar * product
    product_bar1 = star_arguments_bar * (y * product) + product_bar * y
    y_bar = product_bar * product + star_arguments_bar * (y * y)
    product_bar = star_arguments_bar * x
    x_bar = star_arguments_bar * (y * x) + product_bar * y + product_bar1 * y
    y_bar = y_bar + 2.0 * star_arguments_bar * y * y + product_bar * x + product_bar1 * x
    return x_bar, y_bar
