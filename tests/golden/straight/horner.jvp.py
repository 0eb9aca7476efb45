def horner_jvp(x, c0, c1, c2, *, x_dot, c0_dot, c2_dot):
    """Value of horner and its tangent along those of x, c0 and c2."""
    p = c2 * x + c1
    p1 = p * x + c0
    p_dot = (c2_dot * x + x_dot * c2) * x + x_dot * p + c0_dot
    return p1, p_dot
