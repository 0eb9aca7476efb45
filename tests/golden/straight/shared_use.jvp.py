import math


def shared_use_jvp(x, *, x_dot):
    """Value of shared_use and its tangent along those of x."""
    s = math.sin(x)
    s_dot = x_dot * math.cos(x)
    total = s * s + s * x + s
    total_dot = 2.0 * s_dot * s + (s_dot * x + x_dot * s) + s_dot
    return total, total_dot
