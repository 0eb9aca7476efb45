def decorated_helper_grad(x, decorated_helper_bar=1.0):
    """Gradient of decorated_helper with respect to x."""
    x_bar = decorated_helper_bar * (2.0 * x**3)
    x_bar += decorated_helper_bar * x * 2.0 * (3.0 * (x * x))
    return x_bar
