def break_loop_jvp(x, limit, *, x_dot):
    """Value of break_loop and its tangent along those of x."""
    s = 0.0
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        s += v**3
        s_dot += v_dot * (3.0 * (v * v))
        if s > limit:
            break
    product = s * s
    product_dot = 2.0 * s_dot * s
    return product, product_dot
