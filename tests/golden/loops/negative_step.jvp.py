def negative_step_jvp(c, x, *, c_dot, x_dot):
    """Value of negative_step and its tangent along those of c and x."""
    p = 0.0
    p_dot = 0.0
    for i in range(len(c) - 1, -1, -1):
        p_dot = p_dot * x + x_dot * p + c_dot[i]
        p = p * x + c[i]
    return p, p_dot
