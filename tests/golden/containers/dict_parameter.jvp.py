import numpy as np
from copy import deepcopy


def dict_parameter_jvp(params, x, *, params_dot):
    """Value of dict_parameter and its tangent along those of params."""
    residual = params["w"] * x + params["b"]
    residual_dot = params_dot["w"] * x + params_dot["b"]
    value = deepcopy(np.sum(residual**2))
    sum_dot = deepcopy(np.sum(residual_dot * (2.0 * residual)))
    return value, sum_dot
