# s2sad: wrt=params value=False
"""A dict of an array and a scalar."""

import numpy as np


def dict_parameter(params, x):
    residual = params["w"] * x + params["b"]
    return np.sum(residual**2)


EXAMPLES = [({"w": np.array([0.7, -0.4]), "b": 0.3}, np.array([1.0, 2.0]))]
