import numpy as np
from s2sad.runtime import buffer_like, index_add, like, require_scalar, unbroadcast


def dict_parameter_grad(params, x, dict_parameter_bar=1.0):
    """Gradient of dict_parameter with respect to params."""
    # forward sweep
    params_item = params["w"]
    product = params_item * x
    params_item1 = params["b"]
    residual = product + params_item1
    power = residual**2
    sum_ = np.sum(power)
    require_scalar(sum_)
    # reverse sweep
    power_bar = np.broadcast_to(unbroadcast(dict_parameter_bar, sum_), np.shape(power))
    residual_bar = unbroadcast(unbroadcast(power_bar, power) * (2.0 * residual), residual)
    params_bar = buffer_like(params)
    index_add(params_bar, "b", unbroadcast(residual_bar, params_item1))
    params_item_bar = unbroadcast(unbroadcast(residual_bar, product) * x, params_item)
    index_add(params_bar, "w", params_item_bar)
    params_bar = like(params, params_bar)
    return params_bar
