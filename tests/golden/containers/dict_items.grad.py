def dict_items_grad(x, dict_items_bar=1.0):
    """Gradient of dict_items with respect to x."""
    x_bar = dict_items_bar + dict_items_bar * (x * x)
    x_bar += 2.0 * (dict_items_bar + dict_items_bar * x) * x
    return x_bar
