def unpack_nested_jvp(a, b, c, *, a_dot, b_dot, c_dot):
    """Value of unpack_nested and its tangent along those of a, b and c."""
    p = a * b
    p_dot = a_dot * b + b_dot * a
    q = b * c
    q_dot = b_dot * c + c_dot * b
    total = p * q + c
    total_dot = p_dot * q + q_dot * p + c_dot
    return total, total_dot
