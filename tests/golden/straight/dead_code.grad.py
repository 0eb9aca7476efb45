def dead_code_grad(x, k, dead_code_bar=1.0):
    """Gradient of dead_code with respect to x."""
    x_bar = dead_code_bar * k
    return x_bar
