# s2sad: wrt=z value=True signature=z: f8[n], k: int
"""A stable softmax cross-entropy; the shift by the maximum."""

import numpy as np


def softmax_loss(z, k):
    shifted = z - np.max(z)
    return np.log(np.sum(np.exp(shifted))) - shifted[k]


EXAMPLES = [(np.array([1.0, 2.0, 0.5]), 2), (np.array([1.0, 2.0, 0.5]), 1)]
