import numpy as np


def transposed_twice_grad(F, P, k, transposed_twice_bar=1.0):
    """Gradient of transposed_twice with respect to F and P."""
    # forward sweep
    tape = []
    for _ in range(k):
        product = F @ P
        product1 = product @ F.T
        tape.append((P, product, product1))
        P = np.sin(product1)
    # reverse sweep
    P_bar = np.full_like(P, transposed_twice_bar)
    F_bar = np.zeros_like(F)
    for P, product, product1 in reversed(tape):
        product_bar = P_bar * np.cos(product1)
        product_bar1 = product_bar @ F
        P_bar = F.T @ product_bar1
        F_bar = F_bar + product_bar.T @ product + product_bar1 @ P.T
    return F_bar, P_bar
