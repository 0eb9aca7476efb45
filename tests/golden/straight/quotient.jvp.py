def quotient_jvp(a, b, *, a_dot, b_dot):
    """Value of quotient and its tangent along those of a and b."""
    total = a * a + b
    quotient = (a - b) / total
    quotient_dot = (a_dot - b_dot) / total - (2.0 * a_dot * a + b_dot) / total * quotient
    return quotient, quotient_dot
