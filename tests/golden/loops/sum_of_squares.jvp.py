import math


def sum_of_squares_jvp(x, *, x_dot):
    """Value of sum_of_squares and its tangent along those of x."""
    s = 0.0
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        s += v * v
        s_dot += 2.0 * v_dot * v
    sqrt = math.sqrt(s)
    sqrt_dot = s_dot * 0.5 / sqrt
    return sqrt, sqrt_dot
