def function_argument_jvp(x, *, x_dot):
    """Value of function_argument and its tangent along those of x."""
    total = x * x + 0.5
    product = 2.0 * x
    total1 = x * total + 0.5 + product * x
    total_dot = x_dot * total + 2.0 * x_dot * x * x + (x_dot * 2.0 * x + x_dot * product)
    return total1, total_dot
