import numpy as np


def product_jvp(w1, w2, *, w1_dot, w2_dot):
    """Value of product and its tangent along those of w1 and w2."""
    w3 = w1 * w2
    w3_dot = w1_dot * w2 + w2_dot * w1
    w4 = np.sin(w1)
    w4_dot = w1_dot * np.cos(w1)
    w5 = w3 + w4
    w5_dot = w3_dot + w4_dot
    return w5, w5_dot
