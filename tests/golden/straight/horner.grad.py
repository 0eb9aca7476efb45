def horner_grad(x, c0, c1, c2, horner_bar=1.0):
    """Gradient of horner with respect to x, c0 and c2."""
    p = c2 * x + c1
    p_bar = horner_bar * x
    c2_bar = p_bar * x
    x_bar = horner_bar * p + p_bar * c2
    return x_bar, horner_bar, c2_bar
