def list_store_grad(x, y, list_store_bar=1.0):
    """Gradient of list_store with respect to x and y."""
    product = x * y
    product_bar = list_store_bar * product
    product_bar1 = list_store_bar * (y * product) + product_bar * y
    x_bar = product_bar1 * y
    y_bar = product_bar * product + product_bar1 * x
    return x_bar, y_bar
