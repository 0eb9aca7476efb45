def branch_in_loop_jvp(x, *, x_dot):
    """Value of branch_in_loop and its tangent along those of x."""
    s = 1.0
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        if v > 0.0:
            s_dot = s_dot * v + v_dot * s
            s *= v
        else:
            s -= v * v
            s_dot -= 2.0 * v_dot * v
    return s, s_dot
