from s2sad.runtime import run_checkpointed


def part_of_state_step(t, x, count):
    """One iteration of the loop in line 9."""
    if x > 1.0:
        x /= 2.0
        count += 1
    x = x * x + 0.1 * count * t
    return x, count


def part_of_state_grad(x, n, part_of_state_bar=1.0):
    """Gradient of part_of_state with respect to x."""
    # forward sweep
    product = 2 * n
    _, _, checkpoints = run_checkpointed(
        part_of_state_step, range(product, 0, -2), state=(x, 0), slots=2
    )
    # reverse sweep
    x_bar = 0.0
    for t in reversed(range(product, 0, -2)):
        x, _ = checkpoints.before(t)
        test = x > 1.0
        if test:
            x /= 2.0
        x_bar = 2.0 * (x_bar + part_of_state_bar) * x
        if test:
            x_bar /= 2.0
    return x_bar
