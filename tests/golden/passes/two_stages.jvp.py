def two_stages_jvp(a, x, y, h, n, *, a_dot, x_dot, y_dot):
    """Value of two_stages and its tangent along those of a, x and y."""
    for _ in range(n):
        difference = a - y
        kx = x * difference
        kx_dot = x_dot * difference + (a_dot - y_dot) * x
        difference = x - 1.0
        ky = y * difference
        ky_dot = y_dot * difference + x_dot * y
        x_mid = x + h * kx
        x_mid_dot = x_dot + kx_dot * h
        y_mid = y + h * ky
        y_mid_dot = y_dot + ky_dot * h
        product = h * x_mid
        difference = a - y_mid
        product1 = h * y_mid
        difference1 = x_mid - 1.0
        x += product * difference
        x_dot += x_mid_dot * h * difference + (a_dot - y_mid_dot) * product
        y += product1 * difference1
        y_dot += y_mid_dot * h * difference1 + x_mid_dot * product1
    product = x * y
    product_dot = x_dot * y + y_dot * x
    return product, product_dot
