def from_while_jvp(x, *, x_dot):
    """Value of from_while and its tangent along those of x."""
    n = 0
    while True:
        x_dot = 2.0 * x_dot * x
        x = x * x + 0.2
        n += 1
        if x > 2.0:
            result = x / n
            result_dot = x_dot / n
            break
        if n == 5:
            result = 3.0 * x
            result_dot = x_dot * 3.0
            break
    return result, result_dot
