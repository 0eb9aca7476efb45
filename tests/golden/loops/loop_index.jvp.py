from s2sad.runtime import power_slope


def loop_index_jvp(x, n, *, x_dot):
    """Value of loop_index and its tangent along those of x."""
    s = 0.0
    s_dot = 0.0
    for i in range(1, n):
        s += x**i / i
        s_dot += x_dot * power_slope(x, i) / i
    return s, s_dot
