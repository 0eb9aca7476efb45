import numpy as np
from s2sad.runtime import restore_axes


def shapes_of_operands_value_and_grad(x, shapes_of_operands_bar=1.0):
    """Value of shapes_of_operands and its gradient with respect to x."""
    # forward sweep
    difference = x * x - 2.0
    exp = np.exp(np.sum(x**2, axis=1))
    total = np.mean(difference**3) + np.sum(exp)
    # reverse sweep
    x_bar = 2.0 * shapes_of_operands_bar / x.size * (3.0 * (difference * difference)) * x
    x_bar = restore_axes(shapes_of_operands_bar * exp, x, 1, False) * (2.0 * x) + x_bar
    return total, x_bar
