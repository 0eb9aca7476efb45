def linear_loop_jvp(x, r, n, *, x_dot):
    """Value of linear_loop and its tangent along those of x."""
    for _ in range(n):
        x_dot *= r
        x = r * x + 1.0
    return x, x_dot
