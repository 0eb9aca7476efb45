def option_grad(x, kind="square", option_bar=1.0):
    """Gradient of option with respect to x."""
    if kind == "square":
        x_bar = 2.0 * option_bar * x
    else:
        if kind not in ("cube", "third"):
            raise ValueError(f"unknown kind {kind!r}")
        x_bar = option_bar * (3.0 * (x * x))
    return x_bar
