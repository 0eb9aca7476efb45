def late_binding_grad(x, late_binding_bar=1.0):
    """Gradient of late_binding with respect to x."""
    scale = x * x
    x_bar = late_binding_bar * scale + 2.0 * late_binding_bar * x * x
    x_bar += 2.0 * late_binding_bar * x
    return x_bar
