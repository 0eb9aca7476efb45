import numpy as np


def storing_block_grad(a, k, storing_block_bar=1.0):
    """Gradient of storing_block with respect to a."""
    # forward sweep
    old_tape = []
    old_tape1 = []
    a1 = a.copy()
    a_saved = a1.copy()
    change = 0.0
    for i in range(1, len(a)):
        old = a1[i]
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
        change += (a1[i] - old) ** 2
    a_saved1 = a1.copy()
    change1 = 0.0
    for i in range(1, len(a)):
        old = a1[i]
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
        change1 += (a1[i] - old) ** 2
    # reverse sweep
    a_bar = np.full_like(a, storing_block_bar)
    change_bar = storing_block_bar * change1
    change_bar1 = storing_block_bar * change
    a1[...] = a_saved1
    n = len(a)
    for i in range(1, n):
        old = a1[i]
        old_tape.append(old)
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
    for i in reversed(range(1, n)):
        old = old_tape.pop()
        difference_bar = change_bar1 * (2.0 * (a1[i] - old))
        a_bar[i] += difference_bar
        a1[i] = old
        total_bar = a_bar[i] * 0.5
        a_bar[i] = 0.0
        a_bar[i - 1] += total_bar
        a_bar[i] += total_bar * k * (2.0 * old) - difference_bar
    a1[...] = a_saved
    n = len(a)
    for i in range(1, n):
        old = a1[i]
        old_tape1.append(old)
        a1[i] = 0.5 * (a1[i - 1] + k * old**2)
    for i in reversed(range(1, n)):
        old = old_tape1.pop()
        difference_bar = change_bar * (2.0 * (a1[i] - old))
        a_bar[i] += difference_bar
        total_bar = a_bar[i] * 0.5
        a_bar[i] = 0.0
        a_bar[i - 1] += total_bar
        a_bar[i] += total_bar * k * (2.0 * old) - difference_bar
    return a_bar
