import math


def guards_jvp(x, y, *, x_dot, y_dot):
    """Value of guards and its tangent along those of x and y."""
    if y == 0.0:
        result = 0.0
        result_dot = 0.0
    else:
        z = x / y
        z_dot = x_dot / y - y_dot / y * z
        if z > 1.0:
            result = z * z
            result_dot = 2.0 * z_dot * z
        else:
            result = math.exp(z)
            result_dot = z_dot * result
    return result, result_dot
