def chained_comparison_jvp(x, lo, hi, *, x_dot):
    """Value of chained_comparison and its tangent along those of x."""
    if lo <= x and x <= hi:
        result = x * x
        result_dot = 2.0 * x_dot * x
    else:
        result = 2.0 * x
        result_dot = x_dot * 2.0
    return result, result_dot
