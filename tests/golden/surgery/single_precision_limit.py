# s2sad: wrt=x value=False signature=live
import numpy as np

from s2sad import adjoint_of


def single_precision_limit(x):
    """What the block makes has double precision, the adjoint that goes on has that of the variable."""
    h = np.sin(x)
    with adjoint_of(h) as h_bar:
        h_bar = np.clip(h_bar.astype(float), -10.0, 10.0)
    return np.sum(h**2)


EXAMPLES = [(np.array([0.4, 1.2, 0.7], np.float32),)]
