import numpy as np


def shapes_of_operands_value_and_grad(x, shapes_of_operands_bar=1.0):
    """Value of shapes_of_operands and its gradient with respect to x."""
    # forward sweep
    difference = x * x - 2.0
    exp = np.exp(np.sum(x**2, axis=1))
    total = np.mean(difference**3) + np.sum(exp)
    # reverse sweep
    x_bar = 2.0 * shapes_of_operands_bar / x.size * (3.0 * (difference * difference)) * x
    x_bar = (2.0 * shapes_of_operands_bar * exp)[:, None] * x + x_bar
    return total, x_bar
