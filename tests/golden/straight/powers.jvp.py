from s2sad.runtime import log_or_zero, power_slope


def powers_jvp(x, y, *, x_dot, y_dot):
    """Value of powers and its tangent along those of x and y."""
    power = x**-1.5
    total_dot = x_dot * (2.0 * x) + x_dot * (-1.5 * power / x) * 3.0
    power1 = x**y
    total = x**2 + 3.0 * power + power1
    total_dot += x_dot * power_slope(x, y) + y_dot * (power1 * log_or_zero(x))
    return total, total_dot
