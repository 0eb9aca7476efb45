def linear_loop_grad(x, r, n, linear_loop_bar=1.0):
    """Gradient of linear_loop with respect to x."""
    x_bar = linear_loop_bar
    for _ in range(n):
        x_bar *= r
    return x_bar
