import numpy as np


def transposed_twice_jvp(F, P, k, *, F_dot, P_dot):
    """Value of transposed_twice and its tangent along those of F and P."""
    for _ in range(k):
        product = F @ P
        transpose = F.T
        product1 = product @ transpose
        P1 = np.sin(product1)
        P_dot = ((F_dot @ P + F @ P_dot) @ transpose + product @ F_dot.T) * np.cos(product1)
        P = P1
    sum_ = np.sum(P)
    sum_dot = np.sum(P_dot)
    return sum_, sum_dot
