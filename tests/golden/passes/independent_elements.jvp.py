import math


def independent_elements_jvp(x, w, n, *, x_dot, w_dot):
    """Value of independent_elements and its tangent along those of x and w."""
    s = 0.0
    s_dot = 0.0
    for i in range(n):
        x_item_dot = x_dot[i]
        d = x[i] - 0.5
        w_item = w[i]
        negative = -d
        exp = math.exp(negative * d)
        product_dot = (x_item_dot * negative - x_item_dot * d) * exp * w_item
        s += w_item * exp
        s_dot += w_dot[i] * exp + product_dot
    return s, s_dot
