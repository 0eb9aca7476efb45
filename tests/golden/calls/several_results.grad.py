import math


def several_results_grad(x, y, several_results_bar=1.0):
    """Gradient of several_results with respect to x and y."""
    # forward sweep
    r = math.hypot(x, y)
    angle = math.atan2(y, x)
    # reverse sweep
    r_bar = several_results_bar * angle
    angle_bar = several_results_bar * r
    total = y**2 + x**2
    x_bar = r_bar * (x / r) - angle_bar * y / total
    y_bar = angle_bar * x / total + r_bar * (y / r)
    return x_bar, y_bar
