from s2sad.runtime import log_or_zero, power_slope


def powers_jvp(x, y, *, x_dot, y_dot):
    """Value of powers and its tangent along those of x and y."""
    power = x**y
    power_dot = x_dot * power_slope(x, y) + y_dot * (power * log_or_zero(x))
    total = x**2 + 3.0 * x**-1.5 + power
    total_dot = x_dot * (2.0 * x) + x_dot * (-1.5 * x**-2.5) * 3.0 + power_dot
    return total, total_dot
