def from_loop_jvp(x, limit, *, x_dot):
    """Value of from_loop and its tangent along those of x."""
    s = 0.0
    ret = False
    s_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        s += v * v
        s_dot += 2.0 * v_dot * v
        if s > limit:
            result = s * v
            result_dot = s_dot * v + v_dot * s
            ret = True
            break
    if not ret:
        result = s
        result_dot = s_dot
    return result, result_dot
