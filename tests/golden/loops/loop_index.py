# s2sad: wrt=x value=False signature=x: float, n: int
"""The loop variable is used as a number."""


def loop_index(x, n):
    s = 0.0
    for i in range(1, n):
        s += x**i / i
    return s


EXAMPLES = [(0.3, 6), (0.3, 1)]
