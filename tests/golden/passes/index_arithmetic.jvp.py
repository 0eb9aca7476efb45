def index_arithmetic_jvp(x, n, *, x_dot):
    """Value of index_arithmetic and its tangent along those of x."""
    s = 0.0
    s_dot = 0.0
    for i in range(n - 1):
        k = i + 1
        x_item = x[i]
        x_item1 = x[k]
        product = x_item * x_item1
        product_dot = (x_dot[i] * x_item1 + x_dot[k] * x_item) * x_item1 + x_dot[k] * product
        s += product * x_item1
        s_dot += product_dot
    return s, s_dot
