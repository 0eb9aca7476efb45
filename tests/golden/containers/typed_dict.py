# s2sad: wrt=params value=False signature=live
"""A dictionary of known structure: its items are read once, and no helper is needed."""

import numpy as np


def typed_dict(params, x):
    residual = params["w"] * x + params["b"]
    return np.sum(residual**2)


EXAMPLES = [({"w": np.array([1.0, -2.0]), "b": 0.3}, np.array([0.5, 0.7]))]
