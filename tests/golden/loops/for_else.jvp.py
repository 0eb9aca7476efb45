def for_else_jvp(x, *, x_dot):
    """Value of for_else and its tangent along those of x."""
    s = 0.0
    go = True
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        if v > 1.0:
            go = False
            break
        s += v * v
        s_dot += 2.0 * v_dot * v
    if go:
        s *= 2.0
        s_dot *= 2.0
    return s, s_dot
