def leaf_helper_grad(x, leaf_helper_bar=1.0):
    """Gradient of leaf_helper with respect to x."""
    product = 2.0 * x
    product_bar = 4.0 * (leaf_helper_bar * (x * x + 1.0)) * product
    x_bar = product_bar + 2.0 * leaf_helper_bar * (product * product + 0.5) * x
    return x_bar
