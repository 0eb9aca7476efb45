import math
from s2sad.runtime import add, like, pack_like, require_scalar, unbroadcast


def tuple_parameter_grad(p, tuple_parameter_bar=1.0):
    """Gradient of tuple_parameter with respect to p."""
    # forward sweep
    items = tuple(p)
    if len(items) != 2:
        raise ValueError("2 values are needed to unpack")
    a = items[0]
    b = items[1]
    product = a * b
    sin = math.sin(a)
    total = product + sin
    require_scalar(total)
    # reverse sweep
    total_bar = unbroadcast(tuple_parameter_bar, total)
    product_bar = unbroadcast(total_bar, product)
    a_bar = unbroadcast(product_bar * b, a)
    b_bar = unbroadcast(product_bar * a, b)
    p_bar = pack_like(
        p, (add(unbroadcast(unbroadcast(total_bar, sin) * math.cos(a), a), a_bar), b_bar)
    )
    p_bar = like(p, unbroadcast(p_bar, p))
    return p_bar
