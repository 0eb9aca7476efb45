def function_argument_grad(x, function_argument_bar=1.0):
    """Gradient of function_argument with respect to x."""
    x_bar = 4.0 * function_argument_bar * x + function_argument_bar * (x * x + 0.5)
    x_bar += 2.0 * function_argument_bar * x * x
    return x_bar
