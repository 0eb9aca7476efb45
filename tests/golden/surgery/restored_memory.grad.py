import numpy as np


def restored_memory_grad(x, restored_memory_bar=1.0):
    """Gradient of restored_memory with respect to x."""
    # forward sweep
    tape = []
    seen = np.zeros(3)
    for i in range(3):
        seen_saved = seen[i]
        seen[i] = x[i] ** 2
        tape.append((seen_saved, np.sum(seen)))
    # reverse sweep
    seen_bar = np.zeros_like(seen)
    x_bar = np.zeros_like(x)
    for i, (seen_saved, sum_) in zip(reversed(range(3)), reversed(tape)):
        print(i, seen, restored_memory_bar)
        seen_bar += restored_memory_bar * x[i]
        x_bar[i] += restored_memory_bar * sum_
        seen[i] = seen_saved
        power_bar = seen_bar[i]
        seen_bar[i] = 0.0
        x_bar[i] += power_bar * (2.0 * x[i])
    return x_bar
