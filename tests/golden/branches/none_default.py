# s2sad: wrt=x value=False signature=x: float
"""`is None` on a default argument."""


def none_default(x, scale=None):
    if scale is None:
        scale = 3.0
    return scale * x * x


EXAMPLES = [(0.5,), (0.5, 2.0)]
