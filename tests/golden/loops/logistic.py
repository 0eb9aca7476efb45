# s2sad: wrt=r,x value=True signature=r: float, x: float, n: int
"""The adjoint needs the carried value: one tape, the rest is recomputed."""


def logistic(r, x, n):
    for _ in range(n):
        x = r * x * (1.0 - x)
    return x


EXAMPLES = [(3.2, 0.3, 7), (3.2, 0.3, 1), (3.2, 0.3, 0)]
