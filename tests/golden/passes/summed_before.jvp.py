import numpy as np


def summed_before_jvp(x, centre, L, *, x_dot, centre_dot, L_dot):
    """Value of summed_before and its tangent along those of x, centre and L."""
    difference = x - centre
    transpose = L.T
    z = difference @ transpose
    z_dot = (x_dot - centre_dot) @ transpose + difference @ L_dot.T
    product = -0.5 * np.sum(z**2)
    product_dot = np.sum(z_dot * (2.0 * z)) * -0.5
    return product, product_dot
