import numpy as np


def swapped_grad(u, steps, swapped_bar=1.0):
    """Gradient of swapped with respect to u."""
    # forward sweep
    tape = []
    a = u.copy()
    b = np.zeros_like(u)
    for _ in range(steps):
        tape.append((b, a, b[:].copy()))
        b[:] = a * a - 0.1 * a[::-1]
        a, b = b, a
    # reverse sweep
    u_bar = np.full_like(a, swapped_bar)
    b_bar = np.zeros_like(b)
    for b, a, b_saved in reversed(tape):
        b[:] = b_saved
        difference_bar = u_bar[:].copy()
        u_bar[:] = 0.0
        b_bar[::-1] -= difference_bar * 0.1
        b_bar += 2.0 * difference_bar * a
        u_bar, b_bar = b_bar, u_bar
    return u_bar
