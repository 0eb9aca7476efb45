from s2sad.runtime import require_scalar, unbroadcast


def none_default_grad(x, scale=None, none_default_bar=1.0):
    """Gradient of none_default with respect to x."""
    # forward sweep
    if scale is None:
        scale = 3.0
    product = scale * x
    product1 = product * x
    require_scalar(product1)
    # reverse sweep
    product_bar = unbroadcast(none_default_bar, product1)
    x_bar = unbroadcast(product_bar * product, x)
    x_bar += unbroadcast(unbroadcast(product_bar * x, product) * scale, x)
    return x_bar
