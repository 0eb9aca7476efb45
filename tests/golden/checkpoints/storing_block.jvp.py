import numpy as np


def storing_block_jvp(a, k, *, a_dot):
    """Value of storing_block and its tangent along those of a."""
    a1 = a.copy()
    a_dot = a_dot.copy()
    change = 0.0
    change_dot = 0.0
    for i in range(1, len(a)):
        old = a1[i]
        old_dot = a_dot[i]
        a_dot[i] = (a_dot[i - 1] + old_dot * (2.0 * old) * k) * 0.5
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
        difference = a1[i] - old
        change += difference**2
        change_dot += (a_dot[i] - old_dot) * (2.0 * difference)
    change1 = 0.0
    change_dot1 = 0.0
    for i in range(1, len(a)):
        old = a1[i]
        old_dot = a_dot[i]
        a_dot[i] = (a_dot[i - 1] + old_dot * (2.0 * old) * k) * 0.5
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
        difference = a1[i] - old
        change1 += difference**2
        change_dot1 += (a_dot[i] - old_dot) * (2.0 * difference)
    total = change * change1 + np.sum(a1)
    total_dot = change_dot * change1 + change_dot1 * change + np.sum(a_dot)
    return total, total_dot
