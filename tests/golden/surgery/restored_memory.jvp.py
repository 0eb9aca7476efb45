import numpy as np


def restored_memory_jvp(x, *, x_dot):
    """Value of restored_memory and its tangent along those of x."""
    seen = np.zeros(3)
    seen_dot = np.zeros_like(seen)
    total = 0.0
    total_dot = 0.0
    for i in range(3):
        x_item = x[i]
        seen_dot[i] = x_dot[i] * (2.0 * x_item)
        seen[i] = x_item**2
        sum_ = np.sum(seen)
        term = x_item * sum_
        term_dot = x_dot[i] * sum_ + np.sum(seen_dot) * x_item
        total += term
        total_dot += term_dot
    return total, total_dot
