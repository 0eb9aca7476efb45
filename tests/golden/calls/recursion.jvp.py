import math


def recursion_jvp_1(x, n, x_dot):
    """recursion and the tangents of its results."""
    if n == 0:
        recursion = x
        recursion_dot = x_dot
    else:
        recursion, recursion_dot = recursion_jvp_1(math.sin(x), n - 1, x_dot * math.cos(x))
        recursion_dot = x_dot * recursion + recursion_dot * x
        recursion = x * recursion
    return recursion, recursion_dot


def recursion_jvp(x, n, *, x_dot):
    """Value of recursion and its tangent along those of x."""
    if n == 0:
        result = x
        result_dot = x_dot
    else:
        recursion, recursion_dot = recursion_jvp_1(math.sin(x), n - 1, x_dot * math.cos(x))
        result_dot = x_dot * recursion + recursion_dot * x
        result = x * recursion
    return result, result_dot
