import math


def two_carried_jvp(a, b, n, *, a_dot, b_dot):
    """Value of two_carried and its tangent along those of a and b."""
    for _ in range(n):
        b1 = math.sqrt(a * b)
        a1 = 0.5 * (a + b)
        a_dot1 = (a_dot + b_dot) * 0.5
        b_dot = (a_dot * b + b_dot * a) * 0.5 / b1
        a = a1
        b = b1
        a_dot = a_dot1
    return a, a_dot
