def zip_enumerate_jvp(x, y, *, x_dot, y_dot):
    """Value of zip_enumerate and its tangent along those of x and y."""
    s = 0.0
    s_dot = 0.0
    for i in range(len(x)):
        b = y[i]
        b_dot = y_dot[i]
        product = i * x[i]
        s += product * b
        s_dot += x_dot[i] * i * b + b_dot * product
    return s, s_dot
