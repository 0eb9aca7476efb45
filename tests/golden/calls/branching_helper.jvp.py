def branching_helper_jvp(x, *, x_dot):
    """Value of branching_helper and its tangent along those of x."""
    s = x
    s_dot = x_dot
    for _ in range(4):
        s_dot = 2.0 * s_dot * s
        s = s * s - 0.5
        if not s > 0.0:
            s = 0.1 * s
            s_dot *= 0.1
    product = s * x
    product_dot = s_dot * x + x_dot * s
    return product, product_dot
