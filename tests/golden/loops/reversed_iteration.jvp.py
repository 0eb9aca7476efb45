def reversed_iteration_jvp(x, *, x_dot):
    """Value of reversed_iteration and its tangent along those of x."""
    n = len(x)
    s = 1.0
    s_dot = 0.0
    for i in range(n):
        difference = n - 1 - i
        v = x[difference]
        v_dot = x_dot[difference]
        quotient = 1.0 / s
        s1 = v + quotient
        s_dot = v_dot - s_dot / s * quotient
        s = s1
    return s, s_dot
