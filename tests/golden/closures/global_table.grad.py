from global_table import COEFFICIENTS


def global_table_grad(x, global_table_bar=1.0):
    """Gradient of global_table with respect to x."""
    s_bar = global_table_bar * 2.0
    x_bar = s_bar * COEFFICIENTS[2] * (2.0 * x) + s_bar * COEFFICIENTS[1]
    x_bar += 0.0 * (s_bar * COEFFICIENTS[0])
    return x_bar
