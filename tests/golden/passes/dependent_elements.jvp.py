import math


def dependent_elements_jvp(x, n, *, x_dot):
    """Value of dependent_elements and its tangent along those of x."""
    s = 0.0
    s_dot = 0.0
    for i in range(n):
        total = s + x[i]
        s += math.sin(total)
        s_dot += (s_dot + x_dot[i]) * math.cos(total)
    total = 0.0
    total_dot = 0.0
    for i in range(n):
        exp = math.exp(x[i])
        total += exp
        total_dot += x_dot[i] * exp
    quotient = s / total
    quotient_dot = s_dot / total - total_dot / total * quotient
    return quotient, quotient_dot
