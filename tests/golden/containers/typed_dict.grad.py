import numpy as np


def typed_dict_grad(params, x, typed_dict_bar=1.0):
    """Gradient of typed_dict with respect to params."""
    # forward sweep
    w = params["w"]
    b = params["b"]
    residual = w * x + b
    # reverse sweep
    residual_bar = 2.0 * typed_dict_bar * residual
    b_bar = np.sum(residual_bar)
    w_bar = residual_bar * x
    return {"w": w_bar, "b": b_bar}
