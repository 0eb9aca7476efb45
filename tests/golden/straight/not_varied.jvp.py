import math


def not_varied_jvp(x, y, *, y_dot):
    """Value of not_varied and its tangent along those of y."""
    slow = math.exp(math.sin(x))
    product = x * y
    total = slow * y + product * y
    total_dot = y_dot * slow + (y_dot * x * y + y_dot * product)
    return total, total_dot
