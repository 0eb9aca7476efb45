# s2sad: wrt=x,gain,shift value=False signature=x: f8[n,d], gain: f8[d], shift: f8[d]
"""Means over an axis: their adjoints are divided by the size of that axis, and stretched by arithmetic."""

import numpy as np


def normalised_rows(x, gain, shift):
    mean = np.mean(x, axis=-1, keepdims=True)
    variance = np.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return np.sum(gain * (x - mean) / np.sqrt(variance + 1e-5) + shift)


EXAMPLES = [(np.array([[0.3, -0.2, 0.6], [0.1, 0.7, 1.3]]), np.array([0.2, 0.1, 0.9]), np.array([1.1, 0.3, -0.4]))]
