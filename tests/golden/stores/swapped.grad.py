import numpy as np


def swapped_grad(u, steps, swapped_bar=1.0):
    """Gradient of swapped with respect to u."""
    # forward sweep
    b_tape = []
    a_tape = []
    b_saved_tape = []
    a = u.copy()
    b = np.zeros_like(u)
    for _ in range(steps):
        b_tape.append(b)
        a_tape.append(a)
        b_saved_tape.append(b[:].copy())
        b[:] = a * a - 0.1 * a[::-1]
        a, b = b, a
    # reverse sweep
    u_bar = np.full_like(a, swapped_bar)
    b_bar = np.zeros_like(b)
    for b, b_saved, a in zip(reversed(b_tape), reversed(b_saved_tape), reversed(a_tape)):
        b[:] = b_saved
        difference_bar = u_bar[:].copy()
        u_bar[:] = 0.0
        b_bar[::-1] -= difference_bar * 0.1
        b_bar += 2.0 * difference_bar * a
        u_bar, b_bar = b_bar, u_bar
    return u_bar
