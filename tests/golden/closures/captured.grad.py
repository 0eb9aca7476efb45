def captured_grad(x, a, captured_bar=1.0):
    """Gradient of captured with respect to x and a."""
    product = 2.0 * x
    product_bar = captured_bar * product
    product_bar1 = captured_bar * x
    x_bar = (captured_bar * (a * product) + product_bar * a) * 2.0 + captured_bar * (a * x)
    a_bar = product_bar * product + product_bar1 * x
    x_bar += product_bar1 * a
    return x_bar, a_bar
