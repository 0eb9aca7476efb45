def chained_comparison_grad(x, lo, hi, chained_comparison_bar=1.0):
    """Gradient of chained_comparison with respect to x."""
    if lo <= x and x <= hi:
        x_bar = 2.0 * chained_comparison_bar * x
    else:
        x_bar = chained_comparison_bar * 2.0
    return x_bar
