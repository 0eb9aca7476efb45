def unpack_nested_jvp(a, b, c, *, a_dot, b_dot, c_dot):
    """Value of unpack_nested and its tangent along those of a, b and c."""
    product = a * b
    q = b * c
    q_dot = b_dot * c + c_dot * b
    total = product * q + c
    total_dot = (a_dot * b + b_dot * a) * q + q_dot * product + c_dot
    return total, total_dot
