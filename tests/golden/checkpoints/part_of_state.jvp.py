def part_of_state_jvp(x, n, *, x_dot):
    """Value of part_of_state and its tangent along those of x."""
    count = 0
    total = 0.0
    total_dot = 0.0
    for t in range(2 * n, 0, -2):
        if x > 1.0:
            x /= 2.0
            x_dot /= 2.0
            count += 1
        x_dot = 2.0 * x_dot * x
        x = x * x + 0.1 * count * t
        total += x
        total_dot += x_dot
    return total, total_dot
