def two_stages_grad(a, x, y, h, n, two_stages_bar=1.0):
    """Gradient of two_stages with respect to a, x and y."""
    # forward sweep
    tape = []
    for _ in range(n):
        tape.append((x, y))
        kx = x * (a - y)
        ky = y * (x - 1.0)
        x_mid = x + h * kx
        y_mid = y + h * ky
        x += h * x_mid * (a - y_mid)
        y += h * y_mid * (x_mid - 1.0)
    # reverse sweep
    x_bar = two_stages_bar * y
    y_bar = two_stages_bar * x
    a_bar = 0.0
    for x, y in reversed(tape):
        kx = x * (a - y)
        ky = y * (x - 1.0)
        x_mid = x + h * kx
        y_mid = y + h * ky
        difference_bar = x_bar * (h * x_mid)
        y_mid_bar = y_bar * (x_mid - 1.0) * h - difference_bar
        x_mid_bar = y_bar * (h * y_mid) + x_bar * (a - y_mid) * h
        ky_bar = y_mid_bar * h
        kx_bar = x_mid_bar * h
        difference_bar1 = kx_bar * x
        x_bar = x_bar + x_mid_bar + ky_bar * y + kx_bar * (a - y)
        a_bar = a_bar + difference_bar + difference_bar1
        y_bar = y_bar + y_mid_bar + ky_bar * (x - 1.0) - difference_bar1
    return a_bar, x_bar, y_bar
