# s2sad: wrt=x value=False signature=x: float, lo: float, hi: float
"""A chained comparison is evaluated once."""


def chained_comparison(x, lo, hi):
    if lo <= x <= hi:
        return x * x
    return 2.0 * x


EXAMPLES = [(0.5, 0.0, 1.0), (1.5, 0.0, 1.0), (-0.5, 0.0, 1.0)]
