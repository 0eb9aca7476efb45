import numpy as np


def softmax_loss_value_and_grad(z, k, softmax_loss_bar=1.0):
    """Value of softmax_loss and its gradient with respect to z."""
    # forward sweep
    max_ = np.max(z)
    shifted = z - max_
    exp = np.exp(shifted)
    sum_ = np.sum(exp)
    difference = np.log(sum_) - shifted[k]
    # reverse sweep
    shifted_bar = np.zeros_like(shifted)
    shifted_bar[k] = -softmax_loss_bar
    shifted_bar += softmax_loss_bar / sum_ * exp
    ties = np.equal(z, max_)
    quotient = -np.sum(shifted_bar) / max(float(np.count_nonzero(ties)), 1.0)
    z_bar = shifted_bar + np.where(ties, quotient, 0.0)
    return difference, z_bar
