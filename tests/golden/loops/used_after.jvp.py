def used_after_jvp(x, n, *, x_dot):
    """Value of used_after and its tangent along those of x."""
    last = x
    last_dot = x_dot
    for i in range(n):
        total = i + 1.0
        last = x * total
        last_dot = x_dot * total
        product = 0.1 * last
        x += product * last
        x_dot += last_dot * 0.1 * last + last_dot * product
    product = x * last
    product_dot = x_dot * last + last_dot * x
    return product, product_dot
