import numpy as np


def option_jvp(x, kind="square", *, x_dot):
    """Value of option and its tangent along those of x."""
    if kind == "square":
        result = np.sum(x * x)
        result_dot = np.sum(2.0 * x_dot * x)
    elif kind in ("cube", "third"):
        result = np.sum(x**3)
        result_dot = np.sum(x_dot * (3.0 * (x * x)))
    else:
        raise ValueError(f"unknown kind {kind!r}")
    return result, result_dot
