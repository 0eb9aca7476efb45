import numpy as np
from copy import deepcopy
from s2sad.runtime import broadcast_like


def shapes_unknown_jvp(W, v, u, *, W_dot, v_dot):
    """Value of shapes_unknown and its tangent along those of W and v."""
    h = W @ v + u
    h_dot = broadcast_like(W_dot @ v + W @ v_dot, h)
    value = deepcopy(np.sum(h * h * u))
    sum_dot = deepcopy(np.sum((h_dot * h + h_dot * h) * u))
    return value, sum_dot
