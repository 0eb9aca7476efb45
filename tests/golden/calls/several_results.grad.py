import math


def several_results_grad(x, y, several_results_bar=1.0):
    """Gradient of several_results with respect to x and y."""
    # forward sweep
    hypot = math.hypot(x, y)
    angle = math.atan2(y, x)
    # reverse sweep
    hypot_bar = several_results_bar * angle
    angle_bar = several_results_bar * hypot
    total = y**2 + x**2
    x_bar = hypot_bar * (x / hypot) - angle_bar * y / total
    y_bar = angle_bar * x / total + hypot_bar * (y / hypot)
    return x_bar, y_bar
