import math


def short_circuit_grad(x, y, short_circuit_bar=1.0):
    """Gradient of short_circuit with respect to x and y."""
    if x > 0.0 and math.log(x) < y or y > 10.0:
        y_bar = short_circuit_bar * x
        x_bar = short_circuit_bar * y
    else:
        y_bar = -short_circuit_bar
        x_bar = short_circuit_bar
    return x_bar, y_bar
