# s2sad: wrt=x,w value=False signature=x: f8[m], w: f8[m,m]
import numpy as np

from s2sad import checkpoint


@checkpoint
def block(x, w):
    for _ in range(3):
        x = np.tanh(w @ x) + x
    return x


def layers(x, w, n: int):
    """Each block runs again in the reverse sweep: only what it is given is on a tape."""
    for _ in range(n):
        x = block(x, w)
    return np.sum(block(x, w) ** 2)


W = np.array([[0.3, -0.2], [0.5, 0.1]])
EXAMPLES = [(np.array([0.5, -1.0]), W, 0), (np.array([0.5, -1.0]), W, 3)]
