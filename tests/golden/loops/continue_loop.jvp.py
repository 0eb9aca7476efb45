def continue_loop_jvp(x, *, x_dot):
    """Value of continue_loop and its tangent along those of x."""
    s = 1.0
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        if not v < 0.0:
            total = v + 1.0
            s_dot = s_dot * total + v_dot * s
            s *= total
    return s, s_dot
