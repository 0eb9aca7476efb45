def folded_forward(x, depth):
    """folded and what its reverse part needs."""
    y = x * x + 0.1
    test = depth == 0
    if test:
        saved = None
    else:
        y, saved = folded_forward(y, depth - 1)
    return y, (test, saved, depth, x)


def folded_reverse(saved, folded_bar):
    """Adjoints of the parameters of folded from that of its result."""
    saved1 = saved[1]
    depth = saved[2]
    x = saved[3]
    if saved[0]:
        y_bar = folded_bar
    else:
        y_bar = folded_reverse(saved1, folded_bar)
    print("depth", depth, y_bar)
    x_bar = 2.0 * y_bar * x
    return x_bar


def recursion_grad(x, depth, recursion_bar=1.0):
    """Gradient of recursion with respect to x."""
    _, saved = folded_forward(x, depth)
    x_bar = folded_reverse(saved, recursion_bar)
    return x_bar
