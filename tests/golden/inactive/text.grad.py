def text_grad(x, text_bar=1.0):
    """Gradient of text with respect to x."""
    label = f"x = {x:.3f}"
    print(label)
    x_bar = 2.0 * text_bar * x
    return x_bar
