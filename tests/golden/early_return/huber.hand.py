"""The gradient of `huber` written by hand: what the emitted one is measured against."""

import numpy as np


def huber_grad(x, delta, huber_bar=1.0):
    a = abs(x)
    if a <= delta:
        x_bar = huber_bar * (0.5 * x) + 0.5 * (huber_bar * x)
    else:
        x_bar = huber_bar * delta * np.sign(x)
    return x_bar
