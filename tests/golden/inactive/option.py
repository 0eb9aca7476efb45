# s2sad: wrt=x value=False signature=x: f8[n]
"""A string option selects the formula."""

import numpy as np


def option(x, kind="square"):
    if kind == "square":
        return np.sum(x * x)
    if kind in ("cube", "third"):
        return np.sum(x**3)
    raise ValueError(f"unknown kind {kind!r}")


EXAMPLES = [(np.array([0.7, -0.4]),), (np.array([0.7, -0.4]), "cube")]
