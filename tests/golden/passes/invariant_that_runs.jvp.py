import math


def invariant_that_runs_jvp(x, k, *, x_dot, k_dot):
    """Value of invariant_that_runs and its tangent along those of x and k."""
    exp = math.exp(-k)
    exp_dot = -k_dot * exp
    sqrt = math.sqrt(k)
    sqrt_dot = 0.25 * k_dot / sqrt
    quotient = sqrt / 2.0
    for _ in range(4):
        x_dot = x_dot * exp + exp_dot * x + sqrt_dot
        x = x * exp + quotient
    return x, x_dot
