import numpy as np


def from_nested_loop_grad(A, from_nested_loop_bar=1.0):
    """Gradient of from_nested_loop with respect to A."""
    # forward sweep
    i_tape = []
    tape = []
    trips_tape = []
    p = 1.0
    ret = False
    for i in range(len(A)):
        i_tape.append(i)
        row = A[i]
        trips = 0
        for i in range(len(row)):
            trips += 1
            tape.append((i, p))
            v = row[i]
            if v < 0.0:
                ret = True
                break
            p *= v
        trips_tape.append(trips)
        if ret:
            break
    # reverse sweep
    if ret:
        result_bar = from_nested_loop_bar
        p_bar = 0.0
    else:
        result_bar = 0.0
        p_bar = from_nested_loop_bar
    A_bar = np.zeros_like(A)
    for i, trips in zip(reversed(i_tape), reversed(trips_tape)):
        row = A[i]
        row_bar = np.zeros_like(row)
        for _ in range(trips):
            i1, p = tape.pop()
            v = row[i1]
            if v < 0.0:
                v_bar = result_bar * p
                p_bar += result_bar * v
                result_bar = 0.0
            else:
                v_bar = p_bar * p
                p_bar *= v
            row_bar[i1] += v_bar
        A_bar[i] += row_bar
    return A_bar
