def number_known_grad(x, k, number_known_bar=1.0):
    """Gradient of number_known with respect to x."""
    y = x * k
    if y > 0.0:
        y_bar = number_known_bar * x
        x_bar = number_known_bar + number_known_bar * y
    else:
        y_bar = number_known_bar
        x_bar = number_known_bar
    x_bar += y_bar * k
    return x_bar
