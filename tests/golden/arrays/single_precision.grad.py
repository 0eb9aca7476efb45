def single_precision_grad(x, single_precision_bar=1.0):
    """Gradient of single_precision with respect to x."""
    x_bar = 2.0 * single_precision_bar * x
    return x_bar
