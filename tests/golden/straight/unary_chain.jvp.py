import math


def unary_chain_jvp(x, *, x_dot):
    """Value of unary_chain and its tangent along those of x."""
    a = math.exp(-x)
    a_dot = -x_dot * a
    total = 1.0 + a
    b = math.log(total)
    b_dot = a_dot / total
    c = math.sqrt(b)
    c_dot = b_dot * 0.5 / c
    tanh = math.tanh(c)
    tanh_dot = c_dot * (1.0 - tanh**2)
    return tanh, tanh_dot
