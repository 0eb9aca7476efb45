import math


def two_carried_value_and_grad(a, b, n, two_carried_bar=1.0):
    """Value of two_carried and its gradient with respect to a and b."""
    # forward sweep
    b_tape = []
    tape = []
    for _ in range(n):
        tape.append((b, a))
        b1 = math.sqrt(a * b)
        b_tape.append(b1)
        a = 0.5 * (a + b)
        b = b1
    # reverse sweep
    a_bar = two_carried_bar
    b_bar = 0.0
    for (b, a1), b1 in zip(reversed(tape), reversed(b_tape)):
        product_bar = b_bar * 0.5 / b1
        total_bar = a_bar * 0.5
        a_bar = product_bar * b + total_bar
        b_bar = product_bar * a1 + total_bar
    return a, (a_bar, b_bar)
