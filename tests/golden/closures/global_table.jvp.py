from global_table import COEFFICIENTS


def global_table_jvp(x, *, x_dot):
    """Value of global_table and its tangent along those of x."""
    s = 0.0 + COEFFICIENTS[0] * x**0
    s += COEFFICIENTS[1] * x
    s_dot = 0.0 * x_dot * COEFFICIENTS[0] + x_dot * COEFFICIENTS[1]
    s += COEFFICIENTS[2] * x**2
    s_dot += x_dot * (2.0 * x) * COEFFICIENTS[2]
    product = 2.0 * s
    product_dot = s_dot * 2.0
    return product, product_dot
