from s2sad.runtime import run_checkpointed


def logistic_map_step(i, x, r):
    """One iteration of the loop in line 6."""
    x = r * x * (1.0 - x)
    return x


def logistic_map_value_and_grad(x, r, n, logistic_map_bar=1.0):
    """Value of logistic_map and its gradient with respect to x and r."""
    x, checkpoints = run_checkpointed(
        logistic_map_step, range(n), state=(x,), constants=(r,), slots=3
    )
    x_bar = logistic_map_bar
    r_bar = 0.0
    for i in reversed(range(n)):
        x1 = checkpoints.before(i)
        product_bar = x_bar * (1.0 - x1)
        x_bar = product_bar * r - x_bar * (r * x1)
        r_bar += product_bar * x1
    return x, (x_bar, r_bar)
