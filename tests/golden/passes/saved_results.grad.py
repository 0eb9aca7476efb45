import numpy as np


def saved_results_grad(A, R, zs, saved_results_bar=1.0):
    """Gradient of saved_results with respect to A."""
    # forward sweep
    tape = []
    tape1 = []
    P = np.eye(len(A))
    n = len(zs)
    for z in zs:
        product = A @ P
        tape1.append((P, product))
        P = product @ A.T + R
        total = P + R
        tape.append((total, np.linalg.solve(total, z)))
    # reverse sweep
    P_bar = np.zeros_like(P)
    A_bar = np.zeros_like(A)
    for i in reversed(range(n)):
        total, solve = tape.pop()
        outer = np.outer(np.linalg.solve(total.T, saved_results_bar * zs[i]), solve)
        P_bar1 = P_bar - outer
        P, product = tape1.pop()
        product_bar = P_bar1 @ A
        P_bar = A.T @ product_bar
        A_bar = A_bar + P_bar1.T @ product + product_bar @ P.T
    return A_bar
