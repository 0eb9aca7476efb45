import math


def invariant_that_may_raise_jvp(x, k, n, *, x_dot, k_dot):
    """Value of invariant_that_may_raise and its tangent along those of x and k."""
    for _ in range(n):
        exp = math.exp(-k)
        x_dot = x_dot * exp - k_dot * exp * x + k_dot / 2.0
        x = x * exp + k / 2.0
    return x, x_dot
