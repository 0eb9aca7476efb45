def object_state_grad(x, rate, n, object_state_bar=1.0):
    """Gradient of object_state with respect to x and rate."""
    # forward sweep
    total_tape = []
    total = 0.0
    for k in range(n):
        total_tape.append(total)
        total1 = x + k
        total = total * rate + total1 * total1
    # reverse sweep
    total_bar = object_state_bar
    rate_bar = 0.0
    x_bar = 0.0
    for k, total in zip(reversed(range(n)), reversed(total_tape)):
        rate_bar += total_bar * total
        x_bar += 2.0 * total_bar * (x + k)
        total_bar *= rate
    return x_bar, rate_bar
