# s2sad: wrt=x,w value=True signature=x: f8[n], w: f8[n,n]
import numpy as np

import s2sad


def watched(x, w):
    """A block that prints and checks: the numbers of the gradient are as without it."""
    h = np.tanh(w @ x)
    scale = np.max(np.abs(h))
    with s2sad.adjoint_of(h) as h_bar:
        print("adjoint of h:", h_bar, "at", scale)
        assert np.all(np.isfinite(h_bar)), "not finite"
    return np.sum(h**2 * x)


EXAMPLES = [
    (np.array([0.4, -1.2]), np.array([[0.3, 0.1], [-0.2, 0.9]])),
    (np.array([0.4, -1.2, 0.7]), np.array([[0.3, 0.1, 0.5], [-0.2, 0.9, 0.4], [0.2, 0.6, -0.8]])),
]
