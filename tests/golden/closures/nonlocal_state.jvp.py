def nonlocal_state_jvp(x, *, x_dot):
    """Value of nonlocal_state and its tangent along those of x."""
    total = 0.0
    total_dot = 0.0
    for i in range(len(x)):
        v = x[i]
        v_dot = x_dot[i]
        total = total * 0.5 + v * v
        total_dot = total_dot * 0.5 + 2.0 * v_dot * v
    return total, total_dot
