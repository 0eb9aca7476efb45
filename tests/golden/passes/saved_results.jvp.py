import numpy as np


def saved_results_jvp(A, R, zs, *, A_dot):
    """Value of saved_results and its tangent along those of A."""
    P = np.eye(len(A))
    P_dot = np.zeros_like(P)
    loss = 0.0
    loss_dot = 0.0
    for z in zs:
        product = A @ P
        transpose = A.T
        P_dot = (A_dot @ P + A @ P_dot) @ transpose + product @ A_dot.T
        P = product @ transpose + R
        total = P + R
        solve = np.linalg.solve(total, z)
        loss += z @ solve
        loss_dot += z @ np.linalg.solve(total, -(P_dot @ solve))
    return loss, loss_dot
