def grow_grad(x, y, grow_bar=1.0):
    """Gradient of grow with respect to x and y."""
    # forward sweep
    s = x
    trips = 0
    while s < 10.0:
        trips += 1
        s = 1.5 * s + y * y
    # reverse sweep
    s_bar = grow_bar
    y_bar = 0.0
    for _ in range(trips):
        y_bar += 2.0 * s_bar * y
        s_bar *= 1.5
    return s_bar, y_bar
