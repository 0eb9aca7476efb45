def returned_function_grad(x, returned_function_bar=1.0):
    """Gradient of returned_function with respect to x."""
    product = x * x
    total_bar = returned_function_bar * (product + product)
    total_bar1 = returned_function_bar * (x * 2.0 + product)
    x_bar = total_bar * 2.0 + 2.0 * (total_bar1 + total_bar1 + total_bar) * x
    return x_bar
