def from_nested_loop_jvp(A, *, A_dot):
    """Value of from_nested_loop and its tangent along those of A."""
    p = 1.0
    ret = False
    p_dot = 0.0
    for i in range(len(A)):
        row = A[i]
        row_dot = A_dot[i]
        for i in range(len(row)):
            v = row[i]
            v_dot = row_dot[i]
            if v < 0.0:
                result = p * v
                result_dot = p_dot * v + v_dot * p
                ret = True
                break
            p_dot = p_dot * v + v_dot * p
            p *= v
        if ret:
            break
    if not ret:
        result = p
        result_dot = p_dot
    return result, result_dot
