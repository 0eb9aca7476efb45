def branching_helper_grad(x, branching_helper_bar=1.0):
    """Gradient of branching_helper with respect to x."""
    # forward sweep
    s_tape = []
    s = x
    for _ in range(4):
        s_tape.append(s)
        s = s * s - 0.5
        if not s > 0.0:
            s = 0.1 * s
    # reverse sweep
    s_bar = branching_helper_bar * x
    for s1 in reversed(s_tape):
        if not s1 * s1 - 0.5 > 0.0:
            s_bar *= 0.1
        s_bar = 2.0 * s_bar * s1
    x_bar = branching_helper_bar * s + s_bar
    return x_bar
