def nested_loops_jvp(A, x, *, A_dot, x_dot):
    """Value of nested_loops and its tangent along those of A and x."""
    total = 0.0
    total_dot = 0.0
    for i in range(A.shape[0]):
        row = 0.0
        row_dot = 0.0
        for j in range(A.shape[1]):
            A_item = A[i, j]
            x_item = x[j]
            row += A_item * x_item
            row_dot += A_dot[i, j] * x_item + x_dot[j] * A_item
        total += row * row
        total_dot += 2.0 * row_dot * row
    return total, total_dot
