def unpack_nested_grad(a, b, c, unpack_nested_bar=1.0):
    """Gradient of unpack_nested with respect to a, b and c."""
    q = b * c
    product_bar = unpack_nested_bar * q
    q_bar = unpack_nested_bar * (a * b)
    c_bar = unpack_nested_bar + q_bar * b
    a_bar = product_bar * b
    b_bar = q_bar * c + product_bar * a
    return a_bar, b_bar, c_bar
