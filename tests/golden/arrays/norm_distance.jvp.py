import numpy as np


def norm_distance_jvp(x, y, *, x_dot, y_dot):
    """Value of norm_distance and its tangent along those of x and y."""
    difference = x - y
    norm = np.linalg.norm(difference)
    norm_dot = np.sum(difference / norm * (x_dot - y_dot))
    return norm, norm_dot
