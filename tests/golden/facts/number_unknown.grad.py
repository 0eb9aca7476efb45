from s2sad.runtime import add, like, require_scalar, unbroadcast


def number_unknown_grad(x, k, number_unknown_bar=1.0):
    """Gradient of number_unknown with respect to x."""
    # forward sweep
    y = x * k
    test = y > 0.0
    if test:
        y1 = y * x
    else:
        y1 = y
    total = y1 + x
    require_scalar(total)
    # reverse sweep
    total_bar = unbroadcast(number_unknown_bar, total)
    y_bar = unbroadcast(total_bar, y1)
    x_bar = unbroadcast(total_bar, x)
    if test:
        y_bar1 = unbroadcast(y_bar, y1)
        y_bar = unbroadcast(y_bar1 * x, y)
        x_bar = add(x_bar, unbroadcast(y_bar1 * y, x))
    else:
        y_bar = unbroadcast(y_bar, y)
    x_bar = like(x, add(x_bar, unbroadcast(y_bar * k, x)))
    return x_bar
