import numpy as np


def conditional_jvp(x, *, x_dot):
    """Value of conditional and its tangent along those of x."""
    y = x.copy()
    y_dot = x_dot.copy()
    for i in range(1, len(x)):
        if y[i] > y[i - 1]:
            y_item = y[i]
            y_item1 = y[i - 1]
            y_dot[i] = y_dot[i] * y_item1 + y_dot[i - 1] * y_item
            y[i] = y_item * y_item1
        else:
            y_dot[i] += y_dot[i - 1] * 0.5
            y[i] += 0.5 * y[i - 1]
    sum_ = np.sum(y * y)
    sum_dot = np.sum(2.0 * y_dot * y)
    return sum_, sum_dot
