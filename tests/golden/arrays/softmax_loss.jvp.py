import numpy as np
from s2sad.runtime import share_ties


def softmax_loss_jvp(z, k, *, z_dot):
    """Value of softmax_loss and its tangent along those of z."""
    max_ = np.max(z)
    max_dot = np.sum(share_ties(np.ones_like(max_), max_, z, None, False) * z_dot)
    shifted = z - max_
    shifted_dot = z_dot - max_dot
    exp = np.exp(shifted)
    sum_ = np.sum(exp)
    difference = np.log(sum_) - shifted[k]
    difference_dot = np.sum(shifted_dot * exp) / sum_ - shifted_dot[k]
    return difference, difference_dot
