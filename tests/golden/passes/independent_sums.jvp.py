import math


def independent_sums_jvp(x, a, *, x_dot, a_dot):
    """Value of independent_sums and its tangent along those of x and a."""
    total = 0.0
    total_dot = 0.0
    for i in range(len(x)):
        if x[i] > 0.1:
            x_item = x[i]
            product = a * x_item
            s = math.sin(product)
            x_item1 = x[i]
            c = math.cos(x_item1)
            c_dot = -x_dot[i] * math.sin(x_item1)
            s_dot = (a_dot * x_item + x_dot[i] * a) * math.cos(product)
        else:
            c = x[i]
            c_dot = x_dot[i]
            s = a
            s_dot = a_dot
        total += s * c
        total_dot += s_dot * c + c_dot * s
    return total, total_dot
