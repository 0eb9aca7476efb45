import numpy as np


def typed_dict_jvp(params, x, *, params_dot):
    """Value of typed_dict and its tangent along those of params."""
    w = params["w"]
    b = params["b"]
    w_dot = params_dot["w"]
    b_dot = params_dot["b"]
    residual = w * x + b
    residual_dot = w_dot * x + b_dot
    sum_ = np.sum(residual**2)
    sum_dot = np.sum(residual_dot * (2.0 * residual))
    return sum_, sum_dot
