import numpy as np


def quadratic_form_grad(A, x, quadratic_form_bar=1.0):
    """Gradient of quadratic_form with respect to A and x."""
    product_bar = quadratic_form_bar * x
    A_bar = np.outer(x, product_bar)
    x_bar = quadratic_form_bar * (x @ A) + A @ product_bar
    return A_bar, x_bar
