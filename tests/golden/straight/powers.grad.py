from s2sad.runtime import log_or_zero, power_slope


def powers_grad(x, y, powers_bar=1.0):
    """Gradient of powers with respect to x and y."""
    y_bar = powers_bar * (x**y * log_or_zero(x))
    x_bar = powers_bar * power_slope(x, y) + powers_bar * 3.0 * (-1.5 * x**-1.5 / x)
    x_bar += powers_bar * (2.0 * x)
    return x_bar, y_bar
