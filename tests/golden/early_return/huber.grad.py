import numpy as np


def huber_grad(x, delta, huber_bar=1.0):
    """Gradient of huber with respect to x."""
    a = abs(x)
    if a <= delta:
        x_bar = huber_bar * x
    else:
        x_bar = huber_bar * delta * np.sign(x)
    return x_bar
