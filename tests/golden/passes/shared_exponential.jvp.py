import math


def shared_exponential_jvp(x, w, *, x_dot, w_dot):
    """Value of shared_exponential and its tangent along those of x and w."""
    z = w * x
    z_dot = w_dot * x + x_dot * w
    ratio = x / w
    ratio_dot = x_dot / w - w_dot / w * ratio
    exp = math.exp(-z)
    exp_dot = -z_dot * exp
    total = 1.0 + exp
    quotient = 1.0 / total
    total_dot = exp_dot * ratio + ratio_dot * exp - exp_dot / total * quotient
    total = quotient + exp * ratio + math.sin(ratio)
    total_dot += ratio_dot * math.cos(ratio)
    return total, total_dot
