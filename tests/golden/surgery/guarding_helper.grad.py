import numpy as np


def guarding_helper_grad(x, guarding_helper_bar=1.0):
    """Gradient of guarding_helper with respect to x."""
    value = np.sqrt(x)
    adjoint = np.full_like(value, guarding_helper_bar)
    if not np.all(np.isfinite(adjoint)):
        raise FloatingPointError(f"the adjoint is {adjoint}")
    adjoint = guarding_helper_bar + guarding_helper_bar * x
    if not np.all(np.isfinite(adjoint)):
        raise FloatingPointError(f"the adjoint is {adjoint}")
    x_bar = guarding_helper_bar * value + adjoint * 0.5 / value
    return x_bar
