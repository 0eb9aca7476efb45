import math


def rebind_parameter_value_and_grad(x, rebind_parameter_bar=1.0):
    """Value of rebind_parameter and its gradient with respect to x."""
    x1 = x * x
    x2 = x1 + math.cos(x1)
    x_bar = 2.0 * (rebind_parameter_bar - rebind_parameter_bar * math.sin(x1)) * x
    return x2, x_bar
