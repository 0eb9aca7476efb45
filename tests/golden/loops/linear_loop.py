# s2sad: wrt=x value=False signature=x: float, r: float, n: int
"""Linear in the active value: the reverse loop needs no tape."""


def linear_loop(x, r, n):
    for _ in range(n):
        x = r * x + 1.0
    return x


EXAMPLES = [(0.3, 1.1, 5), (0.3, 1.1, 0)]
