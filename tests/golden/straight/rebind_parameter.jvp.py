import math


def rebind_parameter_jvp(x, *, x_dot):
    """Value of rebind_parameter and its tangent along those of x."""
    x1 = x * x
    x_dot = 2.0 * x_dot * x
    x = x1 + math.cos(x1)
    x_dot -= x_dot * math.sin(x1)
    return x, x_dot
