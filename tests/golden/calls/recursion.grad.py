import math


def recursion_forward(x, n):
    """recursion and what its reverse part needs."""
    test = n == 0
    if test:
        recursion = x
        recursion1 = None
        saved = None
    else:
        recursion1, saved = recursion_forward(math.sin(x), n - 1)
        recursion = x * recursion1
    return recursion, (test, recursion1, x, saved)


def recursion_reverse(saved, recursion_bar):
    """Adjoints of the parameters of recursion from that of its result."""
    recursion = saved[1]
    x = saved[2]
    saved1 = saved[3]
    if saved[0]:
        x_bar = recursion_bar
    else:
        sin_bar = recursion_reverse(saved1, recursion_bar * x)
        x_bar = recursion_bar * recursion + sin_bar * math.cos(x)
    return x_bar


def recursion_grad(x, n, recursion_bar=1.0):
    """Gradient of recursion with respect to x."""
    if n == 0:
        x_bar = recursion_bar
    else:
        recursion, saved = recursion_forward(math.sin(x), n - 1)
        sin_bar = recursion_reverse(saved, recursion_bar * x)
        x_bar = recursion_bar * recursion + sin_bar * math.cos(x)
    return x_bar
