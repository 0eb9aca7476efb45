def unpack_nested_grad(a, b, c, unpack_nested_bar=1.0):
    """Gradient of unpack_nested with respect to a, b and c."""
    # forward sweep
    p = a * b
    q = b * c
    # reverse sweep
    p_bar = unpack_nested_bar * q
    q_bar = unpack_nested_bar * p
    c_bar = unpack_nested_bar + q_bar * b
    a_bar = p_bar * b
    b_bar = q_bar * c + p_bar * a
    return a_bar, b_bar, c_bar
