# s2sad: wrt=x value=False signature=x: float, limit: float
"""`else` after a `while` that may be left by `break`."""


def while_else(x, limit):
    n = 0
    while n < 4:
        x = x * x + 0.1
        if x > limit:
            break
        n += 1
    else:
        x = 3.0 * x
    return x


EXAMPLES = [(0.5, 5.0), (1.5, 5.0)]
