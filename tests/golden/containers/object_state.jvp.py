def object_state_jvp(x, rate, n, *, x_dot, rate_dot):
    """Value of object_state and its tangent along those of x and rate."""
    total = 0.0
    total_dot = 0.0
    for k in range(n):
        total1 = x + k
        total_dot = total_dot * rate + rate_dot * total + 2.0 * x_dot * total1
        total = total * rate + total1 * total1
    return total, total_dot
