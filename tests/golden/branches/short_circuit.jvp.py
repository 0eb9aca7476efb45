import math


def short_circuit_jvp(x, y, *, x_dot, y_dot):
    """Value of short_circuit and its tangent along those of x and y."""
    if x > 0.0 and math.log(x) < y or y > 10.0:
        result = x * y
        result_dot = x_dot * y + y_dot * x
    else:
        result = x - y
        result_dot = x_dot - y_dot
    return result, result_dot
