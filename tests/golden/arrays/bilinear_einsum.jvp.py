import numpy as np
from s2sad.runtime import einsum_tangent


def bilinear_einsum_jvp(x, A, *, x_dot, A_dot):
    """Value of bilinear_einsum and its tangent along those of x and A."""
    einsum = np.einsum("i,ij,j->", x, A, x)
    einsum_dot = einsum_tangent("i,ij,j->", (x, A, x), (x_dot, A_dot, x_dot), False)
    return einsum, einsum_dot
