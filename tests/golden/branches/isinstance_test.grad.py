import numpy as np
from s2sad.runtime import add, like, require_scalar, unbroadcast


def isinstance_test_grad(x, isinstance_test_bar=1.0):
    """Gradient of isinstance_test with respect to x."""
    # forward sweep
    test = isinstance(x, (int, float))
    if test:
        result = x * x
    else:
        result = np.sum(x)
    require_scalar(result)
    # reverse sweep
    result_bar = unbroadcast(isinstance_test_bar, result)
    if test:
        x_bar = unbroadcast(unbroadcast(result_bar, result) * x, x)
        x_bar = add(x_bar, x_bar)
    else:
        x_bar = np.broadcast_to(unbroadcast(result_bar, result), np.shape(x))
        x_bar = unbroadcast(x_bar, x)
    x_bar = like(x, x_bar)
    return x_bar
