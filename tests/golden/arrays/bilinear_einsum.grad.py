from s2sad.runtime import einsum_bar


def bilinear_einsum_grad(x, A, bilinear_einsum_bar=1.0):
    """Gradient of bilinear_einsum with respect to x and A."""
    value_bar = einsum_bar(bilinear_einsum_bar, "i,ij,j->", (x, A, x))
    x_bar = value_bar[0] + value_bar[2]
    A_bar = value_bar[1].copy()
    return x_bar, A_bar
