import numpy as np


def guarding_helper_grad(x, guarding_helper_bar=1.0):
    """Gradient of guarding_helper with respect to x."""
    # forward sweep
    value = np.sqrt(x)
    value1 = value * x
    # reverse sweep
    adjoint = np.full_like(value1, guarding_helper_bar)
    if not np.all(np.isfinite(adjoint)):
        raise FloatingPointError(f"the adjoint is {adjoint}")
    adjoint1 = guarding_helper_bar + adjoint * x
    if not np.all(np.isfinite(adjoint1)):
        raise FloatingPointError(f"the adjoint is {adjoint1}")
    x_bar = adjoint * value + adjoint1 * 0.5 / value
    return x_bar
