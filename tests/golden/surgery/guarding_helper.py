# s2sad: wrt=x value=False signature=x: f8[n]
import numpy as np

from s2sad import adjoint_of


def guarded(value):
    with adjoint_of(value) as adjoint:
        if not np.all(np.isfinite(adjoint)):
            raise FloatingPointError(f"the adjoint is {adjoint}")
    return value


def guarding_helper(x):
    """A helper that hands its argument on and looks at its adjoint; other uses of the argument are not seen by it."""
    root = guarded(np.sqrt(x))
    return np.sum(guarded(root * x)) + np.sum(root)


EXAMPLES = [(np.array([0.4, 1.2, 0.7]),)]
