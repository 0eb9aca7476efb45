# s2sad: wrt=x value=False signature=x: float
"""A return from an endless `while`."""


def from_while(x):
    n = 0
    while True:
        x = x * x + 0.2
        n += 1
        if x > 2.0:
            return x / n
        if n == 5:
            return 3.0 * x


EXAMPLES = [(0.3,), (1.2,)]
