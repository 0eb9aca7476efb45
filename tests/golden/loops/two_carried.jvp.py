import math


def two_carried_jvp(a, b, n, *, a_dot, b_dot):
    """Value of two_carried and its tangent along those of a and b."""
    for _ in range(n):
        b1 = math.sqrt(a * b)
        product = 0.5 * (a + b)
        product_dot = (a_dot + b_dot) * 0.5
        b_dot = (a_dot * b + b_dot * a) * 0.5 / b1
        a = product
        b = b1
        a_dot = product_dot
    return a, a_dot
