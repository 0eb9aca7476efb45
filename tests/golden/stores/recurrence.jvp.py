import numpy as np


def recurrence_jvp(a, b, *, a_dot, b_dot):
    """Value of recurrence and its tangent along those of a and b."""
    y = np.empty_like(a)
    y_dot = np.zeros_like(y)
    y_dot[0] = a_dot[0]
    y[0] = a[0]
    for i in range(1, len(a)):
        y_item = y[i - 1]
        power = y_item**2
        y_dot[i] = a_dot[i] + (b_dot * power + y_dot[i - 1] * (2.0 * y_item) * b)
        y[i] = a[i] + b * power
    y_item = y[-1]
    y_item_dot = y_dot[-1]
    return y_item, y_item_dot
